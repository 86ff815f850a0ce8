//! Posts, what becomes of them, and receipts.

use event::{Body, EventId, Hide, Moment, Post, Readers, ReadingKey, Retract, Role, Seen, Time, Told};

use super::desk::{Desk, Draft};

impl Desk<'_> {
    pub fn post(&mut self) -> Option<Draft> {
        let channel = ["news", "news", "bread", "talk"][self.chance.below(4)];
        let mut post = Post::plain(channel.parse().ok()?, "Rain".parse().ok()?);
        post.notice = channel == "news" && self.chance.percent(60);
        post.important = self.chance.percent(20);
        if self.chance.percent(20) {
            post.expires = Time::new(self.clock + i64::try_from(self.chance.below(30)).ok()?).ok();
        }
        if self.chance.percent(20) {
            post.starts = "1970-01-02T18:00:00+01:00[Europe/Berlin]".parse::<Moment>().ok();
        }
        if self.chance.percent(15) {
            let somebody = Readers::Member(self.chance.pick(self.actors)?.name.clone());
            let role = ["steward", "baker", "teller"][self.chance.below(3)].parse::<Role>().ok()?;
            post.readers = vec![somebody, Readers::Role(role)];
            post.readers.sort();
        }
        let posts = self.posts(|_| true);
        match self.chance.below(3) {
            0 => post.reply = self.chance.pick(&posts).copied(),
            1 => {
                let mine = self.own_posts();
                post.corrects = self.chance.pick(&mine).copied();
                if let Some(Body::Post(first)) = post.corrects.and_then(|id| self.law.event(id)).map(|e| &e.body) {
                    post.channel = first.channel.clone();
                    post.notice = first.notice;
                }
            }
            _ => {}
        }
        Some(Draft { text: "The field is wet.".parse().ok(), ..Body::Post(post).into() })
    }

    pub fn retract(&mut self) -> Option<Draft> {
        let mine = self.own_posts();
        let post = *self.chance.pick(&mine)?;
        Some(Body::Retract(Retract { post }).into())
    }

    pub fn hide(&mut self) -> Option<Draft> {
        let posts = self.posts(|post| post.corrects.is_none());
        let post = *self.chance.pick(&posts)?;
        let again = self.chance.percent(40);
        Some(Draft { text: "Enough of that.".parse().ok(), ..Body::Hide(Hide { post, again }).into() })
    }

    pub fn see(&mut self) -> Option<Draft> {
        let mut posts = self.posts(|post| post.notice);
        self.chance.shuffle(&mut posts);
        posts.truncate(1 + self.chance.below(3));
        posts.sort();
        (!posts.is_empty()).then(|| Body::Seen(Seen { posts }).into())
    }

    pub fn tell_otherwise(&mut self) -> Option<Draft> {
        let posts = self.posts(|post| post.notice);
        let post = *self.chance.pick(&posts)?;
        let member = self.chance.pick(self.actors)?.name.clone();
        let ago = i64::try_from(self.chance.below(20)).ok()?;
        let at = Time::new(self.clock - ago).ok().filter(|_| ago > 5);
        Some(Body::Told(Told { post, member, how: "letter".parse().ok()?, at }).into())
    }

    pub fn reading_key(&mut self) -> Option<Draft> {
        let key = format!("age1{}", "q".repeat(58)).parse().ok().filter(|_| self.chance.percent(70));
        Some(Body::ReadingKey(ReadingKey { key }).into())
    }

    fn posts(&self, fits: impl Fn(&Post) -> bool) -> Vec<EventId> {
        let all = self.all(|body| match body {
            Body::Post(post) if fits(post) => Some(()),
            _ => None,
        });
        all.into_iter().map(|(id, ())| id).collect()
    }

    /// What the same member has posted, with this device or another, and what corrects nothing.
    fn own_posts(&self) -> Vec<EventId> {
        let me = |id: &EventId| self.law.event(*id).is_some_and(|event| self.me.owns(event.device));
        self.posts(|post| post.corrects.is_none()).into_iter().filter(me).collect()
    }
}
