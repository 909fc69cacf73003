"""Every option that commands of the field have (specification, part 10) is known to ours."""

import pytest

from pcmk.compat.commands import descriptions

FIELD = {
    "attrd_updater": "-n --name -P --pattern -U --update -B --update-both -Y --update-delay -Q --query -D --delete -R "
    "--refresh -d --delay -s --set -N --node -A --all -l --lifetime -p --private -W --wait -z --utilization -v -S "
    "--section -q --quiet",
    "cibadmin": "-u --upgrade -Q --query -E --erase -B --bump -C --create -M --modify -P --patch -R --replace -D "
    "--delete -d --delete-all -a --empty -5 --md5-sum -6 --md5-sum-versioned -x --xml-file -X --xml-text -p --xml-pipe "
    "-f --force -t --timeout -U --user -o --scope -A --xpath -S --show-access --score -c --allow-create -n "
    "--no-children -l --local -N --node -e --node-path -s --sync-call",
    "cibsecret": "-C --no-cib",
    "crm_attribute": "-L --list-options -a --all -n --name -i --id -P --pattern -p --promotion -s --set-name -G "
    "--query -v --update -D --delete -d --default -l --lifetime -N --node -t --type --score -W --wait -z --utilization "
    "-q --quiet --attr-name --get-value -U --node-uname -Q",
    "crm_diff": "-o --original -O --original-string -n --new -N --new-string -p --patch -c --cib -u --no-version -s "
    "--stdin",
    "crm_error": "-n --name -l --list -X --exit -r --rc",
    "crm_failcount": "-G --query -D --delete -r -n -I -N -q -i -l -U -v -Q --delete-attr --get-value",
    "crm_master": "-G -v -D -N -l -i -r -q",
    "crm_mon": "-i --interval -1 --one-shot -d --daemonize -E --external-agent -e --external-recipient -W "
    "--watch-fencing -I --include -U --exclude --node --resource -n --group-by-node -r --inactive -f --failcounts -o "
    "--operations -t --timing-details -c --tickets -m --fence-history -L --neg-locations -A --show-node-attributes -D "
    "--hide-headers -R --show-detail --show-description -b --brief -x --xml-file -p --pid-file -j --pending -X "
    "--as-xml -Q --quiet --html-cgi --html-stylesheet --html-title",
    "crm_node": "-i --cluster-id -l --list -n --name -p --partition -q --quorum -N --name-for-id -R --remove -f "
    "--force -Q -C --corosync",
    "crm_resource": "-r --resource -L --list -l --list-raw -c --list-cts -O --list-operations -o "
    "--list-all-operations --list-options --list-standards --list-ocf-providers --list-agents --list-ocf-alternatives "
    "--show-metadata -q --query-xml -w --query-xml-raw -g --get-parameter -W --locate -a --constraints -A --stack -Y "
    "--why --validate -C --cleanup -R --refresh -p --set-parameter -d --delete-parameter -v --parameter-value -m "
    "--meta -z --utilization --element -n --operation -I --interval -M --move -B --ban -U --clear -e --expired -u "
    "--lifetime --promoted --master -D --delete -t --resource-type -F --fail --restart --wait --digests --force-demote "
    "--force-stop --force-start --force-promote --force-check -N --node -H --host-uname --recursive --class --agent "
    "--provider --option -s --set-name -i --nvpair -T --timeout --all -f --force -Q --quiet",
    "crm_rule": "-c --check -X --xml-text -d --date -r --rule",
    "crm_shadow": "-w --which -p --display -d --diff -F --file -c --create -e --create-empty -C --commit -D --delete "
    "-E --edit -r --reset -s --switch -f --force -b --batch -a --all -v --validate-with",
    "crm_simulate": "-R --run -S --simulate -X --in-place -A --show-attrs -c --show-failcounts -s --show-scores -U "
    "--show-utilization -P --profile -N --repeat -j --pending -u --node-up -d --node-down -f --node-fail -i "
    "--op-inject -F --op-fail -t --set-datetime -q --quorum -w --watchdog -g --ticket-grant -r --ticket-revoke -b "
    "--ticket-standby -e --ticket-activate -I --save-input -O --save-output -G --save-graph -D --save-dotfile -a "
    "--all-actions -L --live-check -x --xml-file -p --xml-pipe -Q --quiet",
    "crm_standby": "-G -v -D -N -l -i -q -Q -U",
    "crm_ticket": "-l --info -L --details -w --raw -q --query-xml -c --constraints -g --grant -r --revoke -s --standby "
    "-a --activate -G --get-attr -S --set-attr -D --delete-attr -C --cleanup -v --attr-value -d --default -f --force "
    "-t --ticket -Q -n --set-name -i --nvpair -x --xml-file",
    "crm_verify": "-L -x -p -X -S -q --quiet",
    "crmadmin": "-S --status -P --pacemakerd -D --dc_lookup -N --nodes -t --timeout -B --bash-export -i --ipc-name -H "
    "--health -q --quiet",
    "iso8601": "-n -d -p -D -E -s -S -L -O -W",
    "pacemakerd": "-F --features -f --foreground -p --pid-file -S --shutdown -s --standby",
    "stonith_admin": "-R --register -D --deregister -r --register-level -d --deregister-level -l --list -L "
    "--list-registered -I --list-installed -s --list-targets -M --metadata -Q --query -H --history -h --last -K "
    "--validate -F --fence -U --unfence -B --reboot -C --confirm -c --cleanup -b --broadcast -a --agent -o --option -e "
    "--env-option -T --tag -v --device -i --index -t --timeout -y --delay -n --as-node-id --tolerance -q --quiet "
    "--html-cgi --html-stylesheet --html-title",
}
COMMON = "-? --help --help-all -$ --version -V --verbose --output-as --output-to"
OURS = {about.name: {word for each in about.every_option for word in each.words} for about in descriptions()}


@pytest.mark.parametrize("command", FIELD)
def test_options_of_the_field_are_known(command: str):
    assert set(FIELD[command].split()) | set(COMMON.split()) <= OURS[command]
