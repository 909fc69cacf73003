# What pcmk's own shell agents share: result codes, reasons, where state files go. POSIX sh, no forks.

OCF_SUCCESS=0
OCF_ERR_GENERIC=1
OCF_ERR_ARGS=2
OCF_ERR_UNIMPLEMENTED=3
OCF_ERR_CONFIGURED=6
OCF_NOT_RUNNING=7
OCF_RUNNING_PROMOTED=8

STATE_DIR=${HA_RSCTMP:-/run/resource-agents}

# The reason of a failure, shown to the user beside the result code.
reason() {
    echo "${OCF_EXIT_REASON_PREFIX:-ocf-exit-reason:}$*" >&2
}

# Fails unless the file can be written, or made in a folder that is there.
check_state_file() {
    case $1 in
        /*) ;;
        *) reason "state file '$1' is no absolute path"; return $OCF_ERR_ARGS ;;
    esac
    [ -d "${1%/*}" ] || [ "${1%/*}" = "" ] || { reason "folder ${1%/*} of the state file is missing"; return $OCF_ERR_ARGS; }
    [ ! -d "$1" ] || { reason "state file $1 is a folder"; return $OCF_ERR_ARGS; }
    [ -w "${1%/*}/" ] || { reason "folder ${1%/*} of the state file can't be written"; return $OCF_ERR_ARGS; }
}

# Fails unless the value is a number of seconds; name in $1, value in $2.
check_seconds() {
    case $2 in
        '' | *[!0-9.]* | *.*.* | .) reason "$1 must be a number of seconds, not '$2'"; return $OCF_ERR_ARGS ;;
    esac
}
