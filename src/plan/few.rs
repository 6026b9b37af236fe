//! Lists that are short as a rule and many: the steps of a row, the rows of a step.

use std::cmp::Ordering;
use std::ops::{Deref, DerefMut};

/// A list that takes two words where it has one short element, and no room of its own before the second.
#[derive(Clone)]
pub struct Few<T>(Held<T>);

#[derive(Clone)]
enum Held<T> {
    None,
    One(T),
    #[expect(clippy::box_collection, reason = "one word where a list would take three")]
    Many(Box<Vec<T>>),
}

impl<T> Few<T> {
    /// A list of one.
    pub const fn one(element: T) -> Self {
        Self(Held::One(element))
    }

    /// Adds an element at the end.
    pub fn push(&mut self, element: T) {
        self.0 = match std::mem::replace(&mut self.0, Held::None) {
            Held::None => Held::One(element),
            Held::One(first) => Held::Many(Box::new(vec![first, element])),
            Held::Many(mut many) => {
                many.push(element);
                Held::Many(many)
            }
        };
    }

    /// Keeps the elements that are so.
    pub fn retain(&mut self, is_kept: impl FnMut(&T) -> bool) {
        let mut list = Vec::from(std::mem::take(self));
        list.retain(is_kept);
        *self = list.into();
    }

    /// Takes off the elements from this position on.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        let mut list = Vec::from(std::mem::take(self));
        let rest = list.split_off(at.min(list.len()));
        *self = list.into();
        rest.into()
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Held::None)
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut list: Vec<T>) -> Self {
        if list.len() > 1 {
            return Self(Held::Many(Box::new(list)));
        }
        Self(list.pop().map_or(Held::None, Held::One))
    }
}

impl<T> From<Few<T>> for Vec<T> {
    fn from(few: Few<T>) -> Self {
        match few.0 {
            Held::None => Self::new(),
            Held::One(only) => vec![only],
            Held::Many(many) => *many,
        }
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Held::None => &[],
            Held::One(only) => std::slice::from_ref(only),
            Held::Many(many) => many,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Held::None => &mut [],
            Held::One(only) => std::slice::from_mut(only),
            Held::Many(many) => many,
        }
    }
}

impl<T> Extend<T> for Few<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        for element in elements {
            self.push(element);
        }
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut few = Self::default();
        few.extend(elements);
        few
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(self).into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Few<T> {}

impl<T: PartialOrd> PartialOrd for Few<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: Ord> Ord for Few<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Few<T> {
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
            let mut few: Few<usize> = list.iter().copied().collect();
            assert_eq!(*few, *list);
            assert_eq!(few, Few::from(list.clone()));
            few.retain(|element| element % 2 == 0);
            assert!(few.iter().all(|element| element % 2 == 0), "{few:?}");
            let mut few = Few::from(list.clone());
            let rest = few.split_off(1);
            assert_eq!(few.into_iter().chain(rest).collect::<Vec<_>>(), list);
        }
    }

    #[test]
    fn one_index_takes_two_words() {
        assert_eq!(size_of::<Few<usize>>(), 2 * size_of::<usize>());
    }
}
