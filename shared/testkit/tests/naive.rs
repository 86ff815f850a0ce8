//! x
use testkit::world::World;
#[test]
fn smoke() {
    let seeds: u64 = std::env::var("SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(10);
    let t = std::time::Instant::now();
    let mut kinds = std::collections::BTreeMap::<(String,bool), usize>::new();
    let mut refused = 0; let mut stew = std::collections::BTreeMap::<usize,usize>::new();
    for seed in 0..seeds {
        let mut w = World::new(seed);
        let pro = w.events().len();
        for _ in 0..60 { let (_, n) = w.step(); assert!(n.conserved()); }
        refused += w.refused();
        let all = w.events().keys().copied().collect();
        let n = w.law().fold(&all, None);
        *stew.entry(n.register.and_then(|r| w.law().state(r)).unwrap().stewards()).or_default()+=1;
        if seed<10 { println!("{seed}: {pro} {} refused {} settled {} cuts {} forks {} split {}", w.events().len(), w.refused(), n.settled.len(), n.cut.len(), n.forked.len(), n.split); }
        for (id, v) in w.events() { *kinds.entry((v.event.body.kind().into(), n.valid.contains(id))).or_default() += 1; }
    }
    println!("{kinds:#?} refused {refused} {stew:?} {:?}", t.elapsed());
}
