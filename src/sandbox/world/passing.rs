//! Time that passes in an organization.

use jiff::{SignedDuration, Timestamp};

use super::World;

impl World {
    /// Lets so much time pass: all that has happened is so much longer ago. Whoever looks on then sees the organization as
    /// he would see it after that time, had nobody done anything in it.
    pub fn pass(&mut self, time: SignedDuration) {
        let earlier = |moment: &mut Timestamp| *moment = moment.checked_sub(time).unwrap_or(Timestamp::MIN);
        let perhaps = |moment: &mut Option<Timestamp>| moment.iter_mut().for_each(earlier);
        for user in self.users.values_mut().chain(self.directory.values_mut()) {
            earlier(&mut user.creation_time);
            perhaps(&mut user.last_modification_time);
            perhaps(&mut user.last_login_time);
        }
        for group in self.groups.values_mut() {
            earlier(&mut group.creation_time);
            perhaps(&mut group.last_modification_time);
        }
        for allocation in self.allocations.values_mut() {
            perhaps(&mut allocation.last_in_use);
        }
        for lease in self.leases.values_mut().flat_map(|leases| leases.values_mut()) {
            perhaps(&mut lease.last_in_use);
            perhaps(&mut lease.created_at);
            perhaps(&mut lease.updated_at);
        }
        for (_, freed) in &mut self.freed_seats {
            earlier(freed);
        }
        self.fresh_users.values_mut().for_each(earlier);
        self.fresh_memberships.values_mut().for_each(earlier);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_of_a_week_ago_is_that_of_today_after_a_week() {
        let now = Timestamp::UNIX_EPOCH;
        let week = SignedDuration::from_hours(7 * 24);
        let mut world = World::demo(1, now);
        world.pass(week);
        let then = World::demo(1, now - week);
        assert_eq!(
            serde_json::to_value(&world).unwrap(),
            serde_json::to_value(&then).unwrap()
        );
    }
}
