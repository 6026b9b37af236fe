//! One reading for everybody who looks for accounts at about the same time. When a server is away for a moment, many
//! calls lose their answers together, and each of them reading the directory would cost many times what one reading does.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::directory::{Accounts, ReadError};
use crate::text::fold;

/// How long a reading waits for others to join.
const GATHERING: Duration = Duration::from_millis(200);

/// What a reading showed.
type Answer = Result<Arc<Accounts>, ReadError>;

/// Joins readings. Clones join each other's.
#[derive(Clone, Default)]
pub(super) struct SharedLook {
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Whose turn it is to read.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Whether it was said that somebody is looked for again.
    is_told: Arc<AtomicBool>,
}

struct Asked {
    addresses: Vec<String>,
    answer: oneshot::Sender<Answer>,
}

impl SharedLook {
    /// What `read` shows of these addresses, perhaps together with those of others. It begins after it was asked for:
    /// what was there by then is not missed.
    pub(super) async fn find<F: Future<Output = Result<Accounts, ReadError>>>(
        &self,
        addresses: &[&str],
        read: impl FnOnce(Vec<String>) -> F,
    ) -> Answer {
        let (answer, mut answered) = oneshot::channel();
        let addresses: Vec<String> = addresses.iter().map(|address| (*address).to_owned()).collect();
        self.asked().push(Asked {
            addresses: addresses.clone(),
            answer,
        });
        tokio::time::sleep(GATHERING).await;
        let _turn = self.turn.lock().await;
        if let Ok(answer) = answered.try_recv() {
            return answer;
        }
        let asked = std::mem::take(&mut *self.asked());
        let all = asked.iter().flat_map(|asked| asked.addresses.iter()).chain(&addresses);
        let mut known = HashSet::new();
        let all = all.filter(|address| known.insert(fold(address))).cloned().collect();
        let answer = read(all).await.map(Arc::new);
        for asked in asked {
            // Whoever asked may have been stopped meanwhile.
            let _ = asked.answer.send(answer.clone());
        }
        answer
    }

    /// Whether it is still to be said that somebody is looked for again, which is said once.
    pub(super) fn is_to_be_told(&self) -> bool {
        !self.is_told.swap(true, Ordering::Relaxed)
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::future::join_all;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_who_ask_together_share_one_reading_and_later_ones_do_not_share_an_older_one() {
        let (look, readings) = (SharedLook::default(), RefCell::new(Vec::new()));
        let find = |address: &'static str, after: u64| {
            let (look, readings) = (look.clone(), &readings);
            async move {
                tokio::time::sleep(Duration::from_millis(after)).await;
                let read = |all: Vec<String>| async move {
                    readings.borrow_mut().push(all);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    Ok(Accounts::default())
                };
                assert!(look.find(&[address], read).await.is_ok());
            }
        };
        // The last two come while the first reading is under way.
        join_all([
            find("a@x.example", 0),
            find("b@x.example", 5),
            find("A@x.example", 100),
            find("c@x.example", 500),
            find("d@x.example", 700),
        ])
        .await;
        let readings = readings.into_inner();
        assert_eq!(
            readings,
            [vec!["a@x.example", "b@x.example"], vec!["c@x.example", "d@x.example"]]
        );
    }
}
