//! The containers of a bundle and their addresses, as generated primitives.
//!
//! What is generated here is part of the digests of recorded operations, so texts must stay as they are to
//! the last space.

use super::reader::{Reader, element_entity};
use super::remote::{block, operation, primitive};
use crate::codes;
use pcmk_base::parse_bool;
use pcmk_xml::Element;

const CONTROL_PORT: &str = "3121";
const KEY_FILE: &str = "/etc/pacemaker/authkey";
const LOG_FOLDER: &str = "/var/log/pacemaker/bundles";
const REMOTE_DAEMON: &str = "/usr/sbin/pacemaker-remoted";

/// What the containers of one bundle have in common.
pub(super) struct Containers {
    bundle: String,
    agent: String,
    image: Option<String>,
    network: Option<String>,
    options: Option<String>,
    command: Option<String>,
    first_address: Option<String>,
    netmask: Option<String>,
    interface: Option<String>,
    control_port: Option<String>,
    add_host: bool,
    /// Source and target.
    ports: Vec<(String, String)>,
    mounts: Vec<Mount>,
    /// What makes all replicas known to each container.
    hosts: String,
}

struct Mount {
    source: String,
    target: String,
    options: Option<String>,
    /// Each replica has a folder of its own in the source.
    own_folder: bool,
}

impl Containers {
    /// Reads the container element and the network and storage of a bundle. Mappings that cannot be used are
    /// reported and left out.
    pub fn read(reader: &mut Reader<'_>, xml: &Element, container: &Element) -> Containers {
        let of = |element: Option<&Element>, name: &str| {
            element.and_then(|e| e.attr(name)).map(str::to_owned)
        };
        let network = xml.child("network").map(|n| &**n);
        let storage = xml.child("storage").map(|s| &**s);
        let add_host = network.and_then(|n| n.attr("add-host"));
        Containers {
            bundle: xml.id().unwrap_or_default().to_owned(),
            agent: container.name().to_owned(),
            image: of(Some(container), "image"),
            network: of(Some(container), "network"),
            options: of(Some(container), "options"),
            command: of(Some(container), "run-command"),
            first_address: of(network, "ip-range-start"),
            netmask: of(network, "host-netmask"),
            interface: of(network, "host-interface"),
            control_port: of(network, "control-port"),
            add_host: add_host.and_then(parse_bool) != Some(false),
            ports: mapped(reader, network, "port-mapping", port),
            mounts: mapped(reader, storage, "storage-mapping", mount),
            hosts: String::new(),
        }
    }

    /// Whether each replica has an address.
    pub fn has_addresses(&self) -> bool {
        self.first_address.is_some()
    }

    /// Whether the port of Pacemaker Remote is configured.
    pub fn has_control_port(&self) -> bool {
        self.control_port.is_some()
    }

    /// The port of Pacemaker Remote.
    pub fn control_port(&self) -> &str {
        self.control_port.as_deref().unwrap_or(CONTROL_PORT)
    }

    /// Host name of a replica, and name of its node.
    pub fn replica_name(&self, number: u32) -> String {
        format!("{}-{number}", self.bundle)
    }

    /// Adds what Pacemaker Remote needs: its key, a folder for logs unless there is one, its port.
    pub fn add_control(&mut self) {
        let logs = self.mounts.iter().any(|mount| mount.target == "/var/log");
        let mut add = |source: &str, target: &str, own_folder| {
            self.mounts.push(Mount {
                source: source.to_owned(),
                target: target.to_owned(),
                options: None,
                own_folder,
            });
        };
        add(KEY_FILE, KEY_FILE, false);
        if !logs {
            add(LOG_FOLDER, "/var/log", true);
        }
        let port = self.control_port().to_owned();
        self.ports.push((port.clone(), port));
    }

    /// Gives each replica an address, as far as there are any.
    pub fn allot_addresses(&mut self, replicas: usize) -> Vec<Option<String>> {
        let mut next = self.first_address.clone();
        let mut addresses = Vec::with_capacity(replicas);
        for number in (0..).take(replicas) {
            let address = next.take();
            if let Some(address) = &address {
                let name = self.replica_name(number);
                let host = if self.add_host {
                    format!(" --add-host={name}:{address}")
                } else {
                    format!(" --hosts-entry={address}={name}")
                };
                self.hosts.push_str(&host);
                next = address_after(address);
            }
            addresses.push(address);
        }
        addresses
    }

    /// The primitive that runs the container of a replica.
    pub fn container(&self, number: u32, address: Option<&str>, has_inner: bool) -> Element {
        let id = xml_id(&format!("{}-{}-{number}", self.bundle, self.agent));
        let own_folders = self.mounts.iter().filter(|mount| mount.own_folder);
        let own_folders: Vec<String> = own_folders
            .map(|mount| self.own_folder(mount, number))
            .collect();
        let daemon = has_inner.then_some(REMOTE_DAEMON);
        let run_opts = self.run_options(number, address);
        let mount_points = own_folders.join(",");
        let params = [
            ("image", self.image.as_deref()),
            ("allow_pull", Some("true")),
            ("force_kill", Some("false")),
            ("reuse", Some("false")),
            ("run_opts", Some(&*run_opts)),
            ("mount_points", Some(&*mount_points)),
            ("run_cmd", self.command.as_deref().or(daemon)),
            ("monitor_cmd", Some("/bin/true")),
        ];
        self.generated(&id, &self.agent, number, &params)
    }

    /// The primitive for the address of a replica.
    pub fn address(&self, number: u32, address: &str) -> Element {
        let id = xml_id(&format!("{}-ip-{address}", self.bundle));
        let params = [
            ("ip", Some(address)),
            ("nic", self.interface.as_deref()),
            (
                "cidr_netmask",
                Some(self.netmask.as_deref().unwrap_or("32")),
            ),
        ];
        self.generated(&id, "IPaddr2", number, &params)
    }

    fn generated(
        &self,
        id: &str,
        kind: &str,
        number: u32,
        params: &[(&str, Option<&str>)],
    ) -> Element {
        let attributes = format!("{}-attributes-{number}", self.bundle);
        primitive(id, "heartbeat", kind)
            .with_child(block("instance_attributes", &attributes, params))
            .with_child(
                Element::new("operations").with_child(operation(id, "monitor", "60s", None)),
            )
    }

    fn own_folder(&self, mount: &Mount, number: u32) -> String {
        format!("{}/{}", mount.source, self.replica_name(number))
    }

    fn run_options(&self, number: u32, address: Option<&str>) -> String {
        let mut text = String::new();
        let mut add = |parts: &[&str]| {
            text.push(' ');
            parts.iter().for_each(|part| text.push_str(part));
        };
        if self.agent == "docker" {
            add(&["--restart=no"]);
        }
        if self.has_addresses() {
            add(&["-h ", &self.replica_name(number)]);
        }
        add(&["-e PCMK_stderr=1"]);
        if let Some(network) = &self.network {
            add(&["--net=", network]);
        }
        add(&["-e PCMK_remote_port=", self.control_port()]);
        for mount in &self.mounts {
            let own = mount.own_folder.then(|| self.own_folder(mount, number));
            let source = own.as_ref().unwrap_or(&mount.source);
            match &mount.options {
                None => add(&["-v ", source, ":", &mount.target]),
                Some(options) => add(&["-v ", source, ":", &mount.target, ":", options]),
            }
        }
        for (source, target) in &self.ports {
            match address {
                Some(address) => add(&["-p ", address, ":", source, ":", target]),
                None if self.network.as_deref() == Some("host") => {}
                None => add(&["-p ", source, ":", target]),
            }
        }
        if let Some(options) = &self.options {
            add(&[options]);
        }
        add(&[&self.hosts]);
        text
    }
}

fn mapped<T>(
    reader: &mut Reader<'_>,
    parent: Option<&Element>,
    name: &str,
    read: fn(&Element) -> Option<T>,
) -> Vec<T> {
    let mut made = Vec::new();
    for element in parent.into_iter().flat_map(|p| p.children_named(name)) {
        match read(element) {
            Some(mapping) => made.push(mapping),
            None => {
                let entity = element_entity(element);
                reader.sink.error(codes::INVALID_MAPPING, entity);
            }
        }
    }
    made
}

fn port(element: &Element) -> Option<(String, String)> {
    let (source, target) = match element.attr("port") {
        Some(port) => (port, element.attr("internal-port").unwrap_or(port)),
        None => {
            let range = element.attr("range")?;
            (range, range)
        }
    };
    (!source.is_empty()).then(|| (source.to_owned(), target.to_owned()))
}

fn mount(element: &Element) -> Option<Mount> {
    let shared = element.attr("source-dir");
    Some(Mount {
        source: shared.or(element.attr("source-dir-root"))?.to_owned(),
        target: element.attr("target-dir")?.to_owned(),
        options: element.attr("options").map(str::to_owned),
        own_folder: shared.is_none(),
    })
}

/// The next address of a range; `None` at its end, or if the address is not a dotted one.
fn address_after(address: &str) -> Option<String> {
    let parts: Vec<u32> = address
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [a, b, c, d] = parts[..] else {
        return None;
    };
    match (c, d) {
        (254.., _) => None,
        (_, 254..) => Some(format!("{a}.{b}.{}.1", c + 1)),
        _ => Some(format!("{a}.{b}.{c}.{}", d + 1)),
    }
}

/// A text with what XML ids cannot have replaced by dots.
fn xml_id(text: &str) -> String {
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let part = |c: char| match legal(c) {
        true => c.to_string(),
        false => ".".repeat(c.len_utf8()),
    };
    text.chars().map(part).collect()
}
