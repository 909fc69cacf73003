//! A simulation as text.

use super::{CHOICE, Moment, Number, Teller, Told, numbers_title, step_name};
use crate::inject::{Event, SetAttribute, TicketChange};
use crate::records::NodeRecord;
use crate::report::Request;
use crate::run::Done;
use crate::status::{self, StatusOptions};
use crate::summary;
use pcmk_base::{Diagnostic, Entity};
use pcmk_model::Model;
use pcmk_sched::codes::PRIVATE_PARAMETERS_CHANGED;
use pcmk_sched::output::summary::Change;
use pcmk_sched::{Plan, ScoreLine};
use pcmk_time::readable_interval;

/// The text so far. Blocks are set apart from what was printed before them; dates do not count as that.
pub(super) struct TextTeller<'a> {
    request: &'a Request,
    out: String,
    printed: bool,
}

impl<'a> TextTeller<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        TextTeller {
            request,
            out: String::new(),
            printed: false,
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn gap(&mut self) {
        if self.printed {
            self.out.push('\n');
        }
        self.printed = false;
    }

    fn block(&mut self, title: &str, items: impl IntoIterator<Item = String>) {
        if self.request.quiet {
            return;
        }
        self.heading(title);
        for item in items {
            self.line(&format!("  * {item}"));
        }
    }

    fn heading(&mut self, title: &str) {
        self.gap();
        self.line(&format!("{title}:"));
        self.printed = true;
    }
}

impl Teller for TextTeller<'_> {
    fn date(&mut self) {
        let line = self.request.now_line.clone();
        if let Some(line) = line.filter(|_| !self.request.quiet) {
            self.line(&line);
        }
    }

    fn notices(&mut self, model: &Model) {
        if self.request.quiet {
            return;
        }
        if model.options.maintenance_mode {
            self.line("");
            self.line("              *** Resource management is DISABLED ***");
            self.line("  The cluster will not attempt to start, stop or recover services");
            self.printed = true;
        }
        let (disabled, blocked, all) = status::instance_counts(model);
        if disabled > 0 || blocked > 0 {
            self.line(&format!(
                "{disabled} of {all} resource instances DISABLED and {blocked} BLOCKED from further action due to failure"
            ));
            self.printed = true;
        }
    }

    fn status(&mut self, model: &Model, moment: Moment) {
        if self.request.quiet {
            return;
        }
        self.gap();
        self.line(match moment {
            Moment::Before => "Current cluster status:",
            Moment::After => "Revised Cluster Status:",
        });
        let options = StatusOptions {
            pending: moment == Moment::Before,
            ..StatusOptions::everything()
        };
        let mut sections = vec![status::node_section(model, options)];
        sections.push(status::resource_section(model, options));
        if self.request.attributes {
            sections.push(status::attribute_section(model, options));
        }
        if self.request.failures {
            sections.push(status::fail_count_section(model, options));
            sections.push(status::failure_section(model, options, true));
        }
        for (position, section) in sections.into_iter().flatten().enumerate() {
            if position > 0 {
                self.line("");
            }
            for line in section.lines(1) {
                self.line(&line);
            }
        }
        self.printed = true;
    }

    fn modifications(&mut self, events: &[Event]) {
        self.block(
            "Performing Requested Modifications",
            events.iter().map(event),
        );
    }

    fn numbers(&mut self, model: &Model, plan: &Plan, numbers: &[Number<'_>]) {
        let lines = numbers.iter().map(|line| number(model, line));
        if self.request.quiet {
            for line in lines {
                self.line(&line);
            }
            return;
        }
        self.heading(numbers_title(self.request));
        for remark in plan.diagnostics.as_slice().iter().filter_map(remark) {
            self.line(&remark);
        }
        for line in lines {
            self.line(&format!("  * {line}"));
        }
    }

    fn summary(&mut self, model: &Model, plan: &Plan, changes: &[Change]) {
        self.block("Transition Summary", summary::lines(model, plan, changes));
    }

    fn transition(&mut self, done: &[Done]) {
        if self.request.quiet {
            return;
        }
        self.gap();
        self.line("Executing Cluster Transition:");
        for each in done {
            let text = action(each);
            match each {
                // A remark between items, without a bullet.
                Done::Failed { .. } => self.line(&text),
                _ => self.line(&format!("  * {text}")),
            }
        }
        self.printed = true;
        self.date();
        self.gap();
    }

    fn told(self: Box<Self>) -> Told {
        Told {
            text: self.out,
            elements: Vec::new(),
        }
    }
}

fn event(event: &Event) -> String {
    match event {
        Event::Quorum(value) => format!("Setting quorum: {value}"),
        Event::Watchdog(value) => format!("Setting watchdog: {value}"),
        Event::Node(name, record) => match record {
            NodeRecord::Up => format!("Bringing node {name} online"),
            NodeRecord::Down => format!("Taking node {name} offline"),
            NodeRecord::Failed => format!("Failing node {name}"),
        },
        Event::Ticket(ticket, change) => match change {
            TicketChange::Grant => format!("Granting ticket {ticket}"),
            TicketChange::Revoke => format!("Revoking ticket {ticket}"),
            TicketChange::Standby => format!("Making ticket {ticket} standby"),
            TicketChange::Activate => format!("Activating ticket {ticket}"),
        },
        Event::Operation(spec) => format!("Injecting {spec} into the configuration"),
        Event::Attribute(set) => attribute(set),
    }
}

fn attribute(set: &SetAttribute) -> String {
    format!(
        "Injecting attribute {}={} into /node_state '{}'",
        set.name, set.value, set.node_id
    )
}

fn action(done: &Done) -> String {
    match done {
        Done::Pseudo { key, node } => {
            let at = node.as_ref().map(|name| format!(" on {name}"));
            format!("Pseudo action:   {key}{}", at.unwrap_or_default())
        }
        Done::Fencing { node, op } => format!("Fencing {node} ({op})"),
        Done::Cluster { task, rsc, node } => {
            let about = rsc.as_ref().map(|rsc| format!(" for {rsc}"));
            let about = about.unwrap_or_default();
            format!("Cluster action:  {task}{about} on {node}")
        }
        Done::Resource {
            rsc,
            task,
            interval: 0,
            node,
        } => format!("Resource action: {rsc:<15} {task} on {node}"),
        Done::Resource {
            rsc,
            task,
            interval,
            node,
        } => format!("Resource action: {rsc:<15} {task}={interval} on {node}"),
        Done::Failed { number, rc } => format!("Pretending action {number} failed with rc={rc}"),
        Done::Attribute(set) => attribute(set),
    }
}

/// What planning found that is told, without a bullet, before the numbers.
fn remark(found: &Diagnostic) -> Option<String> {
    let field = |wanted| found.fields.iter().find(|(name, _)| *name == wanted);
    let field = |wanted| field(wanted).map_or("", |(_, value)| value);
    match &found.entity {
        Entity::Resource(rsc) if found.code == PRIVATE_PARAMETERS_CHANGED => Some(format!(
            "Only 'private' parameters to {}-interval {} for {rsc} on {} changed: {}",
            readable_interval(field("interval").parse().unwrap_or_default()),
            field("task"),
            field("node"),
            field("magic"),
        )),
        _ => None,
    }
}

fn number(model: &Model, number: &Number<'_>) -> String {
    let (mut text, amounts) = match number {
        Number::Score(line) => return score(model, line),
        Number::Capacity(moment, node, amounts) => {
            let when = match moment {
                Moment::Before => "Original",
                Moment::After => "Remaining",
            };
            let node = &model.nodes[*node].name;
            (format!("{when}: {node} capacity:"), amounts)
        }
        Number::Use(rsc, node, amounts) => {
            let (rsc, node) = (&model.resources[*rsc].id, &model.nodes[*node].name);
            (format!("{CHOICE}: {rsc} utilization on {node}:"), amounts)
        }
    };
    for (name, amount) in amounts {
        text.push_str(&format!(" {name}={amount}"));
    }
    text
}

/// The line of a score, as score listings spell it.
fn score(model: &Model, line: &ScoreLine) -> String {
    let rsc = &model.resources[line.rsc].id;
    let node = line.node.map(|n| &*model.nodes[n].name);
    match (step_name(line), node) {
        (Some(step), node) => format!(
            "{step}: {rsc} allocation score on {}: {}",
            node.unwrap_or("none"),
            line.score
        ),
        (None, Some(node)) => format!("{rsc} promotion score on {node}: {}", line.score),
        (None, None) => format!("{rsc} promotion score (inactive): {}", line.score),
    }
}
