//! Lists that are numerous and usually have one element: the steps of a row, the rows of a step.

use std::ops::{Deref, DerefMut};

/// A list that takes two words if its one element is small, and allocates only from the second element on.
#[derive(Clone, PartialEq, Eq)]
pub struct OneOrMany<T>(Repr<T>);

/// A list has one form by its length, so that equal lists are equal here.
#[derive(Clone, PartialEq, Eq)]
enum Repr<T> {
    None,
    One(T),
    #[expect(clippy::box_collection, reason = "one word where a list would take three")]
    Many(Box<Vec<T>>),
}

impl<T> OneOrMany<T> {
    /// A list of one.
    pub const fn one(element: T) -> Self {
        Self(Repr::One(element))
    }

    /// Adds an element at the end.
    pub fn push(&mut self, element: T) {
        self.0 = match std::mem::replace(&mut self.0, Repr::None) {
            Repr::None => Repr::One(element),
            Repr::One(first) => Repr::Many(Box::new(vec![first, element])),
            Repr::Many(mut many) => {
                many.push(element);
                Repr::Many(many)
            }
        };
    }

    /// Keeps the elements for which the predicate holds.
    pub fn retain(&mut self, is_kept: impl FnMut(&T) -> bool) {
        let mut list = Vec::from(std::mem::take(self));
        list.retain(is_kept);
        *self = list.into();
    }

    /// Removes the elements from this position on.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        let mut list = Vec::from(std::mem::take(self));
        let rest = list.split_off(at.min(list.len()));
        *self = list.into();
        rest.into()
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Repr::None)
    }
}

impl<T> From<Vec<T>> for OneOrMany<T> {
    fn from(mut list: Vec<T>) -> Self {
        if list.len() > 1 {
            return Self(Repr::Many(Box::new(list)));
        }
        Self(list.pop().map_or(Repr::None, Repr::One))
    }
}

impl<T> From<OneOrMany<T>> for Vec<T> {
    fn from(list: OneOrMany<T>) -> Self {
        match list.0 {
            Repr::None => Self::new(),
            Repr::One(only) => vec![only],
            Repr::Many(many) => *many,
        }
    }
}

impl<T> Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Repr::None => &[],
            Repr::One(only) => std::slice::from_ref(only),
            Repr::Many(many) => many,
        }
    }
}

impl<T> DerefMut for OneOrMany<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Repr::None => &mut [],
            Repr::One(only) => std::slice::from_mut(only),
            Repr::Many(many) => many,
        }
    }
}

impl<T> Extend<T> for OneOrMany<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        for element in elements {
            self.push(element);
        }
    }
}

impl<T> FromIterator<T> for OneOrMany<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut list = Self::default();
        list.extend(elements);
        list
    }
}

impl<T> IntoIterator for OneOrMany<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(self).into_iter()
    }
}

impl<'a, T> IntoIterator for &'a OneOrMany<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for OneOrMany<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_list_like_any_other_whatever_its_length() {
        for length in 0..4 {
            let list: Vec<usize> = (0..length).collect();
            let mut short: OneOrMany<usize> = list.iter().copied().collect();
            assert_eq!(*short, *list);
            assert_eq!(short, OneOrMany::from(list.clone()));
            short.retain(|element| element % 2 == 0);
            assert!(short.iter().all(|element| element % 2 == 0), "{short:?}");
            let mut short = OneOrMany::from(list.clone());
            let rest = short.split_off(1);
            assert_eq!(short.into_iter().chain(rest).collect::<Vec<_>>(), list);
        }
    }

    #[test]
    fn one_index_takes_two_words() {
        assert_eq!(size_of::<OneOrMany<usize>>(), 2 * size_of::<usize>());
    }
}
