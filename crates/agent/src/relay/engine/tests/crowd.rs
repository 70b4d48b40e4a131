//! 2,000 alarms and their ends, told by two workers with the product's own client, each with a memory of its own, to a Discord
//! that counts as the real one does. The time is the test's.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::secret::Secret;
use discord_standin::{Operation, Server};

use super::burst::{ALARMS, Queue, bodies, work};
use super::world::World;
use crate::bell::{Discord, Memory, Parameters};

/// The test's clock goes by these steps: short beside a limit's period and beside a request's time.
const STEP: Duration = Duration::from_millis(250);
/// So often the workers may go on before it is said that all of them wait for the clock.
const TURNS: u32 = 100;
/// So long the server's thread may take to see a request: the workers' clock stands still meanwhile.
const GLANCE: Duration = Duration::from_millis(2);
/// So many times in a row it is looked whether the server has seen all.
const GLANCES: u32 = 2;
/// After so many looks at a machine that is busy the clock goes on all the same.
const PATIENCE: u32 = 200;

/// The parameter store, with the one URL.
struct Store(String);

impl Parameters for &Store {
    async fn read(&self, _: &str) -> Result<Secret<String>, String> {
        Ok(Secret::new(self.0.clone()))
    }
}

/// Lets the workers go on, and the time pass for them and the server whenever nothing is asked of it.
async fn clock(server: &Server, queue: &Queue) {
    let (mut known, mut busy) = (0, 0);
    while !queue.is_empty() {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
        let (requests, unanswered) = server.progress();
        if requests != known || unanswered > 0 {
            known = requests;
            continue;
        }
        busy += 1;
        if is_quiet(server, known) || busy > PATIENCE {
            busy = 0;
            server.advance(STEP);
            tokio::time::advance(STEP).await;
        }
    }
}

/// Whether nothing is on its way to the server. A look that takes far longer than it should says that the machine is busy:
/// then the server's thread may not have had its turn, and a worker would give up a request that is under way.
fn is_quiet(server: &Server, known: usize) -> bool {
    (0..GLANCES).all(|_| {
        let began = std::time::Instant::now();
        std::thread::sleep(GLANCE);
        began.elapsed() < GLANCE * 2 && server.progress() == (known, 0)
    })
}

async fn tell(
    world: &World,
    server: &Server,
    store: &Store,
    memories: &[Memory; 2],
    queue: &Queue,
) {
    let bell = |memory| {
        Discord::new(memory, store, crate::relay::access(&world.settings)).expect("an address")
    };
    let (one, two) = (bell(&memories[0]), bell(&memories[1]));
    tokio::join!(work(world, &one, queue), work(world, &two, queue), clock(server, queue));
}

/// Titles of all embeds, and how often each is shown.
fn titles(server: &Server, channel: &str) -> BTreeMap<String, u32> {
    let mut titles = BTreeMap::new();
    for message in server.channel_messages(channel) {
        for embed in &message.embeds {
            let title = embed["title"].as_str().expect("it has a title").to_owned();
            *titles.entry(title).or_default() += 1;
        }
    }
    titles
}

/// How often the server said that there are too many requests of a kind.
fn refusals(server: &Server, operation: Operation) -> usize {
    let requests = server.requests().into_iter();
    requests.filter(|one| one.operation == operation && one.status == Some(429)).count()
}

#[tokio::test(start_paused = true)]
async fn none_is_lost_to_discords_limits() {
    let server = Server::start().expect("a port of loopback is free");
    let channel = server.channel(&server.guild("festival"));
    let store = Store(server.webhook_by_person(&channel, "bell").url);
    let mut world = World::new();
    world.settings.discord_base_url = Some(server.url());
    let memories = [Memory::default(), Memory::default()];

    let queue = Queue::of(bodies("ALARM", 0));
    Box::pin(tell(&world, &server, &store, &memories, &queue)).await;
    let shown = titles(&server, &channel);
    assert_eq!((shown.len(), shown.values().max()), (ALARMS, Some(&1)));
    assert!(shown.keys().all(|title| title.starts_with("🔴")));
    // Ten to a message, but for those whose worker had no time left for more.
    let messages = server.channel_messages(&channel).len();
    assert!((ALARMS / 10..=ALARMS / 8).contains(&messages), "{messages} messages");
    assert!(refusals(&server, Operation::Execute) > 0, "nobody was refused");
    assert!(queue.most_received() <= 10, "{} times", queue.most_received());

    let queue = Queue::of(bodies("OK", 900));
    server.clear_requests();
    Box::pin(tell(&world, &server, &store, &memories, &queue)).await;
    let shown = titles(&server, &channel);
    assert_eq!((shown.len(), shown.values().max()), (ALARMS, Some(&1)));
    assert!(shown.keys().all(|title| title.starts_with("🟢")));
    assert!(refusals(&server, Operation::EditMessage) > 0, "nobody was refused");
    assert!(queue.most_received() <= 50 && world.state().dead_letters.is_empty());
}
