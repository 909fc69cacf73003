//! Patchsets: read, applied, made and turned around; operations on a CIB.

use pcmk_cib::ops::{Operation, Options, Request, Scope, apply};
use pcmk_cib::{Patchset, diff, digest};
use pcmk_testkit::mutate::{mutated, mutations};
use pcmk_testkit::run::fuzz;
use pcmk_testkit::sketch::sketches;
use pcmk_xml::{parse_str, write};
use proptest::prelude::*;
use std::sync::Arc;

#[test]
fn made_and_applied() {
    let sketches = sketches();
    let chosen = (0..sketches.len(), mutations(6), mutations(6));
    fuzz("differences", 300, chosen, |(sketch, before, change)| {
        let old = mutated(&sketches[sketch], &before);
        let mut new = mutated(&old, &change);
        // The root keeps its name.
        if new.name() != old.name() {
            new = Arc::clone(&old);
        }
        let Some(patchset) = diff(&old, &new, diff::Options::default()) else {
            prop_assert_eq!(old, new);
            return Ok(());
        };
        let read = Patchset::from_xml(&parse_str(&write(&patchset.to_xml())).expect("XML"));
        prop_assert_eq!(read.as_ref(), Ok(&patchset));
        if let Ok(applied) = patchset.with_digest(&new).apply_anyway(&old) {
            prop_assert_eq!(applied, new);
        }
        Ok(())
    });
}

#[test]
fn damaged_before_they_are_applied() {
    let sketches = sketches();
    let chosen = (0..sketches.len(), mutations(6), mutations(6));
    fuzz("patches", 300, chosen, |(sketch, change, damage)| {
        let old = &sketches[sketch];
        let new = mutated(old, &change);
        let Some(patchset) = diff(old, &new, diff::Options::default()) else {
            return Ok(());
        };
        let document = mutated(&Arc::new(patchset.to_xml()), &damage);
        if let Ok(patchset) = Patchset::from_xml(&document) {
            let _ = patchset.apply(old);
            if let Ok(applied) = patchset.apply_anyway(old) {
                let _ = digest::of_tree(&applied);
            }
        }
        Ok(())
    });
}

const SCOPES: &[&str] = &[
    "",
    "all",
    "resources",
    "constraints",
    "nodes",
    "status",
    "crm_config",
    "nothing",
    "//primitive",
    "//nvpair[@name='cpu']",
    "//*",
    "/cib",
    "//primitive/..",
    "/",
    "//@id",
    "//node[1]",
];

#[test]
fn operations() {
    use Operation::{ApplyDiff, Bump, Create, Delete, Erase, Modify, Replace, Upgrade};
    let sketches = sketches();
    let operation = prop::sample::select(vec![
        Create, Modify, Replace, Delete, ApplyDiff, Erase, Bump, Upgrade,
    ]);
    let chosen = (
        0..sketches.len(),
        mutations(4),
        any::<prop::sample::Index>(),
        any::<[bool; 4]>(),
    );
    let strategy = (operation, prop::sample::select(SCOPES), chosen);
    fuzz(
        "operations",
        300,
        strategy,
        |(operation, scope, (sketch, mutations, part, flags))| {
            let cib = &sketches[sketch];
            let other = mutated(cib, &mutations);
            let parts: Vec<_> = std::iter::once(&other).chain(other.descendants()).collect();
            let request = Request {
                operation,
                scope: match scope.starts_with('/') {
                    true => Scope::XPath(scope.to_owned()),
                    false => Scope::Section(scope.to_owned()),
                },
                input: Some(Arc::clone(parts[part.index(parts.len())])),
                options: Options {
                    allow_create: flags[0],
                    multiple: flags[1],
                    score_update: flags[2],
                    keep_version: flags[3],
                    digest: None,
                },
            };
            if let Ok(change) = apply(cib, &request, None) {
                let again = change
                    .patchset
                    .map_or(Ok(Arc::clone(cib)), |patchset| patchset.apply_anyway(cib));
                prop_assert_eq!(again, Ok(change.cib));
            }
            Ok(())
        },
    );
}
