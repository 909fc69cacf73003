//! Blocks of name/value pairs, merged by importance.

use std::cmp::Reverse;

use indexmap::IndexMap;
use pcmk_base::{Score, Text};
use pcmk_xml::Element;
use rustc_hash::FxBuildHasher;

use crate::codes;
use crate::input::{Findings, RuleInput};
use crate::rule::{evaluate_rule, resolve};

/// Values by name, in the order in which they were set.
pub type NameValues = IndexMap<Text, Text, FxBuildHasher>;

/// Adds to `values` what the blocks named `block_name` (such as `meta_attributes`) below `parent` set and
/// `values` does not have yet.
///
/// More important blocks come first: the one with the id `first_id`, then those with higher scores, and
/// among equal scores the later in the document. A block whose first rule does not pass is left out. The
/// first value of a name wins, also within a block; but the deprecated value `#default` takes away what is
/// set, so that a less important block may set it.
pub fn merge_blocks(
    parent: &Element,
    block_name: &str,
    first_id: Option<&str>,
    input: &RuleInput,
    values: &mut NameValues,
    findings: &mut Findings,
) {
    for block in ordered_blocks(parent, block_name, first_id, input, findings) {
        let passes = match block.child("rule") {
            None => true,
            Some(rule) => evaluate_rule(rule, input, findings).passes(),
        };
        if passes {
            merge_block(block, input, values, findings);
        }
    }
}

fn ordered_blocks<'e>(
    parent: &'e Element,
    block_name: &'e str,
    first_id: Option<&str>,
    input: &'e RuleInput,
    findings: &mut Findings,
) -> Vec<&'e Element> {
    let mut blocks: Vec<(bool, Score, &Element)> = Vec::new();
    for child in parent.children_named(block_name) {
        if let Some(block) = resolve(child, input, findings) {
            let first = first_id.is_some_and(|id| block.id() == Some(id));
            blocks.push((first, block_score(block, findings), block));
        }
    }
    blocks.reverse();
    blocks.sort_by_key(|&(first, score, _)| Reverse((first, score)));
    blocks.into_iter().map(|(_, _, block)| block).collect()
}

fn block_score(block: &Element, findings: &mut Findings) -> Score {
    let text = block.attr("score").unwrap_or("0");
    Score::parse(text).unwrap_or_else(|_| {
        findings.warn(codes::INVALID_BLOCK_SCORE, block, &[("score", text)]);
        Score::ZERO
    })
}

fn merge_block(
    block: &Element,
    input: &RuleInput,
    values: &mut NameValues,
    findings: &mut Findings,
) {
    // Very old configurations have the pairs in an element of their own.
    let holder = match block.children().first() {
        Some(first) if first.name() == "attributes" => first,
        _ => block,
    };
    for pair in holder.children_named("nvpair") {
        let Some(pair) = resolve(pair, input, findings) else {
            continue;
        };
        let (Some(name), Some(value)) = (pair.attr("name"), pair.attr("value")) else {
            continue;
        };
        if value.eq_ignore_ascii_case("#default") {
            findings.warn(codes::DEPRECATED_DEFAULT, pair, &[("name", name)]);
            values.shift_remove(name);
        } else if !values.contains_key(name) {
            values.insert(name.into(), value.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::references::IdIndex;
    use pcmk_base::Diagnostics;
    use pcmk_time::DateTime;

    fn merged_with(
        xml: &str,
        first_id: Option<&str>,
        values: &mut NameValues,
    ) -> (Vec<String>, Vec<&'static str>) {
        let root = pcmk_xml::parse_str(xml).unwrap();
        let index = IdIndex::new(&root);
        let mut diagnostics = Diagnostics::default();
        let mut findings = Findings::new(&mut diagnostics);
        let input = RuleInput::new(DateTime::from_epoch(0, 0), &index);
        merge_blocks(
            &root,
            "meta_attributes",
            first_id,
            &input,
            values,
            &mut findings,
        );
        let pairs = values
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (
            pairs,
            diagnostics.as_slice().iter().map(|d| d.code.0).collect(),
        )
    }

    #[track_caller]
    fn check(blocks: &str, first_id: Option<&str>, pairs: &[&str], codes: &[&str]) {
        let (found, reported) = merged_with(
            &format!("<primitive>{blocks}</primitive>"),
            first_id,
            &mut NameValues::default(),
        );
        assert_eq!(
            (found, reported),
            (
                pairs.iter().map(|p| (*p).to_owned()).collect(),
                codes.to_vec()
            )
        );
    }

    fn block(id: &str, score: &str, value: &str) -> String {
        format!(
            r#"<meta_attributes id="{id}"{score}><nvpair id="{id}-n" name="n" value="{value}"/></meta_attributes>"#
        )
    }

    #[test]
    fn higher_scores_win_and_later_blocks_of_equal_scores() {
        let low = block("low", "", "1");
        let same = block("same", r#" score="0""#, "2");
        let high = block("high", r#" score="100""#, "3");
        let bad = block("bad", r#" score="x""#, "4");
        check(&format!("{low}{same}"), None, &["n=2"], &[]);
        check(&format!("{high}{low}{same}"), None, &["n=3"], &[]);
        check(
            &format!("{low}{bad}"),
            None,
            &["n=4"],
            &["invalid-block-score"],
        );
        check(&format!("{low}{high}"), Some("low"), &["n=1"], &[]);
        check(
            &block("ban", r#" score="-INFINITY""#, "5"),
            None,
            &["n=5"],
            &[],
        );
    }

    #[test]
    fn the_first_value_wins_within_a_block_and_before_it() {
        let twice = r#"<meta_attributes id="a"><nvpair id="1" name="n" value="1"/><nvpair id="2" name="n" value="2"/>
            <nvpair id="3" name="other" value=""/><nvpair id="4" name="no-value"/></meta_attributes>"#;
        check(twice, None, &["n=1", "other="], &[]);
        let mut known = NameValues::from_iter([("n".into(), "0".into())]);
        assert_eq!(
            merged_with(&format!("<p>{twice}</p>"), None, &mut known).0,
            ["n=0", "other="]
        );
    }

    #[test]
    fn rules_leave_blocks_out() {
        let ruled = |op: &str| {
            format!(
                r#"<meta_attributes id="a"><rule id="r"><expression id="e" attribute="x" operation="{op}"/></rule>
                <rule id="never" boolean-op="nonsense"/><nvpair id="1" name="n" value="1"/></meta_attributes>"#
            )
        };
        check(&ruled("not_defined"), None, &["n=1"], &[]);
        check(&ruled("defined"), None, &[], &[]);
        check(
            &ruled("is"),
            None,
            &[],
            &["rule-part-with-invalid-attribute"],
        );
    }

    #[test]
    fn references_stand_for_blocks_and_pairs() {
        let origin = r#"<other><meta_attributes id="a"><nvpair id="1" name="n" value="1"/></meta_attributes></other>"#;
        check(
            &format!(r#"{origin}<meta_attributes id-ref="a"/>"#),
            None,
            &["n=1"],
            &[],
        );
        let pair = r#"<meta_attributes id="b"><nvpair id-ref="1"/></meta_attributes>"#;
        check(&format!("{origin}{pair}"), None, &["n=1"], &[]);
        let lost = r#"<meta_attributes id-ref="x"/><meta_attributes id="c"><nvpair id-ref="x"/></meta_attributes>"#;
        check(
            &format!("{origin}{lost}"),
            None,
            &[],
            &["unresolved-id-ref", "unresolved-id-ref"],
        );
    }

    #[test]
    fn old_forms_are_understood() {
        let wrapped = r#"<meta_attributes id="a"><attributes><nvpair id="1" name="n" value="1"/></attributes></meta_attributes>"#;
        check(wrapped, None, &["n=1"], &[]);
        let first = block("first", r#" score="1""#, "1");
        let cleared = r##"<meta_attributes id="b"><nvpair id="2" name="n" value="#Default"/></meta_attributes>"##;
        let last = block("last", r#" score="-1""#, "3");
        check(
            &format!("{first}{cleared}{last}"),
            None,
            &["n=3"],
            &["deprecated-default-value"],
        );
    }
}
