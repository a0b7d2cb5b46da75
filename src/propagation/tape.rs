//! What a gradient keeps of groups: who was in them, with which coefficients.

use super::dropped::Floor;
use super::packed::Mask;

/// The groups of a shard, in the order in which they were transformed.
#[derive(Debug)]
pub(super) struct ShardTape<const W: usize> {
    /// The number of the first term that came out.
    pub first: u32,
    groups: Vec<GroupRecord<W>>,
    members: Vec<Member>,
    /// Of each group its protected subsets, those of members that need more than 32 bits, and what a
    /// transfer kept.
    wide: Vec<u128>,
}

#[derive(Debug)]
pub(super) struct GroupRecord<const W: usize> {
    pub z: Mask<W>,
    pub floor: Floor,
    members: u32,
    pub emitted: u32,
    protected: u32,
    is_wide: bool,
}

/// A string of a group: which one, its coefficient, and where that came from.
#[derive(Debug)]
pub(super) struct Member {
    pub c: f64,
    pub gain: f64,
    pub number: u32,
    subset: u32,
}

/// A group that is read back.
pub(super) struct GroupView<'a, const W: usize> {
    pub record: &'a GroupRecord<W>,
    pub members: &'a [Member],
    pub protected: &'a [u128],
    wide: &'a [u128],
    /// What a transfer kept.
    pub kept: &'a [u128],
    /// The number of the first term that came out.
    pub first: u32,
}

impl<const W: usize> Default for ShardTape<W> {
    fn default() -> Self {
        ShardTape { first: 0, groups: Vec::new(), members: Vec::new(), wide: Vec::new() }
    }
}

impl<const W: usize> ShardTape<W> {
    /// A group begins, of so many members among subsets of `bits` bits.
    #[inline(always)]
    pub fn begin(
        &mut self,
        z: &Mask<W>,
        (members, bits): (usize, usize),
        floor: Floor,
        protected: &[u128],
    ) {
        self.wide.extend_from_slice(protected);
        self.groups.push(GroupRecord {
            z: *z,
            floor,
            members: members as u32,
            emitted: 0,
            protected: protected.len() as u32,
            is_wide: bits > 32,
        });
    }

    /// One of its strings.
    #[inline(always)]
    pub fn member(&mut self, subset: u128, c: f64, number: u32, gain: f64) {
        if self.groups.last().is_some_and(|group| group.is_wide) {
            self.wide.push(subset);
        }
        self.members.push(Member { c, gain, number, subset: subset as u32 });
    }

    /// A transfer kept the string with this number.
    #[inline(always)]
    pub fn kept(&mut self, number: usize) {
        self.wide.push(number as u128);
    }

    /// So many terms came out of it.
    #[inline(always)]
    pub fn end(&mut self, emitted: u32) {
        if let Some(group) = self.groups.last_mut() {
            group.emitted = emitted;
        }
    }

    /// Nothing more comes.
    pub fn finish(&mut self) {
        self.groups.shrink_to_fit();
        self.members.shrink_to_fit();
        self.wide.shrink_to_fit();
    }

    pub fn bytes(&self) -> u64 {
        (self.groups.capacity() * size_of::<GroupRecord<W>>()
            + self.members.capacity() * size_of::<Member>()
            + 16 * self.wide.capacity()) as u64
    }

    /// Reads the groups in order; those of a transfer if `is_transfer`.
    pub fn groups(&self, is_transfer: bool) -> impl Iterator<Item = GroupView<'_, W>> {
        let (mut members, mut wide, mut first) = (&self.members[..], &self.wide[..], self.first);
        self.groups.iter().map(move |record| {
            let own;
            (own, members) = members.split_at(record.members as usize);
            let mut take = |len: usize| {
                let taken;
                (taken, wide) = wide.split_at(len);
                taken
            };
            let protected = take(record.protected as usize);
            let long = take(if record.is_wide { own.len() } else { 0 });
            let kept = take(if is_transfer { record.emitted as usize } else { 0 });
            let view = GroupView { record, members: own, protected, wide: long, kept, first };
            first += record.emitted;
            view
        })
    }
}

impl<const W: usize> GroupView<'_, W> {
    /// The subset of a member.
    #[inline(always)]
    pub fn subset(&self, k: usize) -> u128 {
        match self.record.is_wide {
            true => self.wide[k],
            false => self.members[k].subset.into(),
        }
    }
}
