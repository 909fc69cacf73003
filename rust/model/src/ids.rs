//! The id spaces of the model.

use pcmk_base::define_id;

define_id! {
    /// A node. Ids follow creation; loops over nodes use [`Model::node_order`](crate::Model::node_order).
    pub struct NodeId;
}
define_id! {
    /// A resource of any variant: primitive, group, clone, bundle, instance, or removed resource.
    pub struct RscId;
}
define_id! {
    /// A location constraint, in order of creation.
    pub struct LocationId;
}
define_id! {
    /// A colocation, configured or implied.
    pub struct ColocationId;
}
define_id! {
    /// A point that is reached when enough of several actions can run (`clone-min`, `require-all=false`).
    pub struct GateId;
}
define_id! {
    /// A ticket.
    pub struct TicketId;
}
define_id! {
    /// One `lrm_resource` entry of one node.
    pub struct HistoryId;
}
