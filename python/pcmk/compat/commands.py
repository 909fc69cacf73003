"""All classic commands by name, for those who describe them: manual pages, and the completion of words in shells."""

from importlib import import_module

from pcmk.compat.options import About

IN_FILES_OF_THEIR_NAME = (
    "attrd_updater", "cibadmin", "cibsecret", "crm_attribute", "crm_diff", "crm_error", "crm_failcount", "crm_master",
    "crm_mon", "crm_node", "crm_resource", "crm_rule", "crm_shadow", "crm_simulate", "crm_standby", "crm_ticket",
    "crm_verify", "crmadmin", "iso8601", "pacemakerd", "stonith_admin",
)  # fmt: skip


def descriptions() -> list[About]:
    """What all commands are, by name."""
    from pcmk.compat import daemon_commands

    found: list[About] = [import_module(f"pcmk.compat.{name}").ABOUT for name in IN_FILES_OF_THEIR_NAME]
    found += map(daemon_commands.about, daemon_commands.SUMMARIES)
    return sorted(found, key=lambda about: about.name)
