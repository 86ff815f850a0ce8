//! A thread as people read it: each answer below what it answers, the older first.

use std::collections::BTreeMap;

use event::EventId;

use crate::post::Post;

/// How deep answers are shown; what is deeper stands there.
const DEEPEST: usize = 6;

/// The posts with their depths; what answers a post that is not among them begins a thread.
pub fn ordered(posts: Vec<Post>) -> Vec<(usize, Post)> {
    let mut children: BTreeMap<Option<EventId>, Vec<Post>> = BTreeMap::new();
    let known: std::collections::BTreeSet<EventId> = posts.iter().map(Post::id).collect();
    for post in posts {
        let above = answered(&post).filter(|id| known.contains(id));
        children.entry(above).or_default().push(post);
    }
    for of_one in children.values_mut() {
        // The last is taken first.
        of_one.sort_by_key(|post| std::cmp::Reverse((post.row.event.link.time, post.number)));
    }
    let mut ordered = Vec::new();
    let mut todo: Vec<(usize, Post)> = children.remove(&None).unwrap_or_default().into_iter().map(|p| (0, p)).collect();
    while let Some((depth, post)) = todo.pop() {
        let below = children.remove(&Some(post.id())).unwrap_or_default();
        todo.extend(below.into_iter().map(|post| (depth.saturating_add(1).min(DEEPEST), post)));
        ordered.push((depth, post));
    }
    ordered
}

/// The post that this one answers, as it was first said.
pub fn answered(post: &Post) -> Option<EventId> {
    match &post.row.event.body {
        event::Body::Post(first) => first.reply,
        _ => None,
    }
}
