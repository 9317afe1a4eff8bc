# Completions of omd-worker, mod_gearman_worker, send_gearman, check_gearman, gearman_top, send_multi for bash.
# Rendered from the tables of options: npm run docs

# PROGRAM FIRST-WORD → the command, or nothing
_omd_worker_command() {
  case ${1##*/} in
    send_gearman) printf '%s\n' 'send' ;;
    check_gearman) printf '%s\n' 'check-gearman' ;;
    gearman_top) printf '%s\n' 'top' ;;
    send_multi) printf '%s\n' 'send-multi' ;;
    *)
      case $2 in
        run) echo run ;;
        check | testcmd) echo check ;;
        status) echo status ;;
        jobs) echo jobs ;;
        reload) echo reload ;;
        drain) echo drain ;;
        resume) echo resume ;;
        log-level) echo log-level ;;
        plugin) echo plugin ;;
        doctor) echo doctor ;;
        survey) echo survey ;;
        shadow) echo shadow ;;
        handlers) echo handlers ;;
        config) echo config ;;
        metrics) echo metrics ;;
        demo) echo demo ;;
        link-names) echo link-names ;;
        completion) echo completion ;;
        send) echo send ;;
        check-gearman) echo check-gearman ;;
        top) echo top ;;
        send-multi) echo send-multi ;;
        run-and-send) echo run-and-send ;;
        perfdata) echo perfdata ;;
        notify) echo notify ;;
        zulip-notifier) echo zulip-notifier ;;
        zulip-bot) echo zulip-bot ;;
        zulip) echo zulip ;;
      esac
      ;;
  esac
}

# COMMAND → the words one of which comes first
_omd_worker_words() {
  case $1 in
    '') printf '%s\n' 'run check testcmd status jobs reload drain resume log-level plugin doctor survey shadow handlers config metrics demo link-names completion send check-gearman top send-multi run-and-send perfdata notify zulip-notifier zulip-bot zulip' ;;
    log-level) printf '%s\n' 'error info debug trace' ;;
    plugin) printf '%s\n' 'list new test' ;;
    shadow) printf '%s\n' 'show set report' ;;
    handlers) printf '%s\n' 'report' ;;
    config) printf '%s\n' 'check show sample docs' ;;
    metrics) printf '%s\n' 'list rules dashboard docs alerts' ;;
    completion) printf '%s\n' 'bash zsh fish' ;;
    notify) printf '%s\n' 'zulip' ;;
    zulip) printf '%s\n' 'announce test emoji' ;;
  esac
}

# "COMMAND WORD" → its options; one that ends in = has its value in the same word
_omd_worker_options() {
  case $1 in
    'run') printf '%s\n' '--help --version' && _omd_worker_options worker.conf ;;
    'check') printf '%s\n' '--explain --queue --help' && _omd_worker_options worker.conf ;;
    'status') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'jobs') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'reload') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'drain') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'resume') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'log-level error') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'log-level info') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'log-level debug') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'log-level trace') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'plugin list') printf '%s\n' '--dir --help' && _omd_worker_options worker.conf ;;
    'plugin new') printf '%s\n' '--dir --help' ;;
    'plugin test') printf '%s\n' '--dir --help' ;;
    'doctor') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'survey') printf '%s\n' '--json --list --restrict-allow --html= --help' && _omd_worker_options worker.conf ;;
    'shadow show') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'shadow set') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'shadow report') printf '%s\n' '--json --help' && _omd_worker_options worker.conf ;;
    'handlers report') printf '%s\n' '--since --by --known --json --help' && _omd_worker_options worker.conf ;;
    'config check') printf '%s\n' '--alone --help' ;;
    'config show') printf '%s\n' '--alone --help' && _omd_worker_options worker.conf ;;
    'config sample') printf '%s\n' '--alone --help' ;;
    'config docs') printf '%s\n' '--alone --help' ;;
    'metrics list') printf '%s\n' '--help' ;;
    'metrics rules') printf '%s\n' '--help' ;;
    'metrics dashboard') printf '%s\n' '--help' ;;
    'metrics docs') printf '%s\n' '--help' ;;
    'metrics alerts') printf '%s\n' '--help' ;;
    'demo') printf '%s\n' '--seconds --chat --help' ;;
    'link-names') printf '%s\n' '--force --help' ;;
    'completion bash') printf '%s\n' '--help' ;;
    'completion zsh') printf '%s\n' '--help' ;;
    'completion fish') printf '%s\n' '--help' ;;
    'send') printf '%s\n' '--help --server= --dupserver= --gearman_connection_timeout= --encryption= --key= --keyfile= --dupserver_keyfile= --dupserver_key= --tls= --tls_ca_file= --tls_certificate= --tls_key= --tls_server_name= --result_queue= --retry-interval= --config= --retries= --host= --service= --message= --returncode= --active= --starttime= --finishtime= --latency= --timeout= --delimiter=' ;;
    'check-gearman') printf '%s\n' '-H -t -w -c -W -C -q --exclude-queue -x -s -e -a -u --key --keyfile --tls --tls-ca-file --tls-certificate --tls-key --tls-server-name -p -v -V -h --help --version' ;;
    'top') printf '%s\n' '-H -s -i -t -q -b --tls --tls-ca-file --tls-certificate --tls-key --tls-server-name -v -V -h --help --version' ;;
    'send-multi') printf '%s\n' '--help --host= --timeout= --active= --retries= --server= --dupserver= --gearman_connection_timeout= --encryption= --key= --keyfile= --dupserver_keyfile= --dupserver_key= --tls= --tls_ca_file= --tls_certificate= --tls_key= --tls_server_name= --result_queue= --retry-interval= --config=' ;;
    'run-and-send') printf '%s\n' '--help --host= --service= --timeout= --retries= --exit_code= --max_output= --spool= --identifier= --timeout_return= --show_error_output= --server= --dupserver= --gearman_connection_timeout= --encryption= --key= --keyfile= --dupserver_keyfile= --dupserver_key= --tls= --tls_ca_file= --tls_certificate= --tls_key= --tls_server_name= --result_queue= --retry-interval= --config=' ;;
    'perfdata') printf '%s\n' '--check-config --lines --help --target= --perfdata_queue= --hostcheck_alias= --stage_tag= --after_backslash= --livestatus= --livestatus_interval= --pnp_spool= --server= --gearman_connection_timeout= --grab_interval= --encryption= --key= --keyfile= --accepted_keyfile= --accepted_key= --tls= --tls_ca_file= --tls_certificate= --tls_key= --tls_server_name= --batch_lines= --batch_size= --batch_age= --jobs_at_once= --memory_size= --spool= --spool_max_size= --rejected_file= --write_timeout= --config= --shutdown_timeout= --debug= --logfile= --log_format= --prometheus_server=' ;;
    'notify zulip') printf '%s\n' '--now --help --site= --email= --api_key_file= --api_key= --zuliprc= --ca_file= --timeout= --stream= --test_stream= --topic= --host_topic= --route= --template= --service_link= --host_link= --language= --stage= --buttons= --bot_name= --max_output= --spool= --spool_max_entries= --spool_max_megabytes= --digest_over= --digest_topic= --resolved_topics= --max_age= --prometheus_server= --handler_log= --handler_stream= --handler_reports= --broadcast_url= --broadcast_key_file= --broadcast_stream= --broadcast_topic= --broadcast_interval= --config= --debug= --logfile= --log_format=' ;;
    'zulip-notifier') printf '%s\n' '--check-config --help --site= --email= --api_key_file= --api_key= --zuliprc= --ca_file= --timeout= --stream= --test_stream= --topic= --host_topic= --route= --template= --service_link= --host_link= --language= --stage= --buttons= --bot_name= --max_output= --spool= --spool_max_entries= --spool_max_megabytes= --digest_over= --digest_topic= --resolved_topics= --max_age= --prometheus_server= --handler_log= --handler_stream= --handler_reports= --broadcast_url= --broadcast_key_file= --broadcast_stream= --broadcast_topic= --broadcast_interval= --config= --debug= --logfile= --log_format=' ;;
    'zulip-bot') printf '%s\n' '--check-config --check --help --site= --email= --api_key_file= --api_key= --zuliprc= --ca_file= --timeout= --monitoring= --permission= --gitlab= --show_changes= --show_changes_interval= --max_command_age= --people_max_age= --alert_user= --state_folder= --language= --stage= --config= --debug= --logfile= --log_format= --prometheus_server=' ;;
    'zulip announce') printf '%s\n' '--what= --subject= --nodes= --bot --as= --wait= --json --help --site= --email= --api_key_file= --api_key= --zuliprc= --ca_file= --timeout= --stream= --test_stream= --topic= --host_topic= --route= --template= --service_link= --host_link= --language= --stage= --buttons= --bot_name= --max_output= --spool= --spool_max_entries= --spool_max_megabytes= --digest_over= --digest_topic= --resolved_topics= --max_age= --prometheus_server= --handler_log= --handler_stream= --handler_reports= --broadcast_url= --broadcast_key_file= --broadcast_stream= --broadcast_topic= --broadcast_interval= --config= --debug= --logfile= --log_format=' ;;
    'zulip test') printf '%s\n' '--what= --subject= --nodes= --bot --as= --wait= --json --help --site= --email= --api_key_file= --api_key= --zuliprc= --ca_file= --timeout= --stream= --test_stream= --topic= --host_topic= --route= --template= --service_link= --host_link= --language= --stage= --buttons= --bot_name= --max_output= --spool= --spool_max_entries= --spool_max_megabytes= --digest_over= --digest_topic= --resolved_topics= --max_age= --prometheus_server= --handler_log= --handler_stream= --handler_reports= --broadcast_url= --broadcast_key_file= --broadcast_stream= --broadcast_topic= --broadcast_interval= --config= --debug= --logfile= --log_format=' ;;
    'zulip emoji') printf '%s\n' '--what= --subject= --nodes= --bot --as= --wait= --json --help --site= --email= --api_key_file= --api_key= --zuliprc= --ca_file= --timeout= --stream= --test_stream= --topic= --host_topic= --route= --template= --service_link= --host_link= --language= --stage= --buttons= --bot_name= --max_output= --spool= --spool_max_entries= --spool_max_megabytes= --digest_over= --digest_topic= --resolved_topics= --max_age= --prometheus_server= --handler_log= --handler_stream= --handler_reports= --broadcast_url= --broadcast_key_file= --broadcast_stream= --broadcast_topic= --broadcast_interval= --config= --debug= --logfile= --log_format=' ;;
    worker.conf) printf '%s\n' '--server= --dupserver= --dup_results_are_passive= --dupserver_backlog_queue_size= --result_max_age= --result_spool= --result_spool_max_size= --gearman_connection_timeout= --grab_interval= --encryption= --key= --keyfile= --accepted_keyfile= --accepted_key= --server_keyfile= --server_key= --dupserver_keyfile= --dupserver_key= --tls= --tls_ca_file= --tls_certificate= --tls_key= --tls_server_name= --hosts= --services= --eventhandler= --notifications= --hostgroups= --servicegroups= --job_timeout= --timeout_return= --max-age= --replay_window= --show_error_output= --worker_name_in_result= --workaround_rc_25= --secret_dir= --native_checks= --native_checks_only= --native_checks_except= --native_checks_experimental= --native_target_max= --native_http_keepalive= --native_ssh_keepalive= --native_db_pool= --native_nsc_keepalive= --native_nrpe_resume= --native_values_folder= --shadow_share= --shadow_file= --plugin_path= --internal_check_dummy= --internal_negate= --internal_check_nsc_web= --internal_check_prometheus= --restrict_path= --restrict_command_characters= --restrict_mode= --restrict_allow= --plugin_environment= --queue_user= --queue_limits= --native_checks_as_worker= --eventhandler_allow= --eventhandler_rate= --eventhandler_dry_run= --eventhandler_log= --eventhandler_log_size= --min-worker= --max-worker= --queue_max_worker= --idle-timeout= --spawn-rate= --load_limit1= --load_limit5= --load_limit15= --load_cpu_multi= --mem_limit= --config= --identifier= --stage= --pidfile= --daemon= --control_socket= --shutdown_timeout= --reload_on_change= --debug= --logfile= --logmode= --log_format= --summary_interval= --debug-result= --enable_embedded_perl= --use_embedded_perl_implicitly= --warm_python= --warm_include= --warm_except= --warm_load= --warm_max= --warm_memory= --prometheus_server= --status_page= --status_page_auth=' ;;
  esac
}

# COMMAND OPTION → what its value may be; fails if it has none
_omd_worker_value() {
  case "$1 $2" in
    'check --queue') echo '@nothing' ;;
    'plugin --dir') echo '@folders' ;;
    'survey --html=') echo '@files' ;;
    'handlers --since' | 'handlers --by') echo '@nothing' ;;
    'handlers --known') echo '@files' ;;
    'demo --seconds') echo '@nothing' ;;
    'send --server=' | 'send --dupserver=') echo '@hosts' ;;
    'send --gearman-connection-timeout=' | 'send --key=' | 'send --password=' | 'send --dupserver-key=' | 'send --tls-server-name=' | 'send --result-queue=' | 'send --retry-interval=' | 'send --retries=' | 'send --host=' | 'send --service=' | 'send --message=' | 'send --m=' | 'send --returncode=' | 'send --return-code=' | 'send --r=' | 'send --starttime=' | 'send --finishtime=' | 'send --latency=' | 'send --timeout=' | 'send --t=' | 'send --delimiter=' | 'send --d=') echo '@nothing' ;;
    'send --encryption=' | 'send --tls=' | 'send --ssl=' | 'send --active=') echo 'yes no' ;;
    'send --keyfile=' | 'send --passwordfile=' | 'send --dupserver-keyfile=' | 'send --tls-ca-file=' | 'send --ssl-ca-file=' | 'send --tls-certificate=' | 'send --ssl-certificate=' | 'send --tls-key=' | 'send --ssl-key=' | 'send --config=' | 'send --configfile=' | 'send --include=') echo '@files' ;;
    'check-gearman -H') echo '@hosts' ;;
    'check-gearman -t' | 'check-gearman -w' | 'check-gearman -c' | 'check-gearman -W' | 'check-gearman -C' | 'check-gearman -q' | 'check-gearman --exclude-queue' | 'check-gearman -x' | 'check-gearman -s' | 'check-gearman -e' | 'check-gearman -u' | 'check-gearman --key' | 'check-gearman --tls-server-name' | 'check-gearman -p') echo '@nothing' ;;
    'check-gearman --keyfile' | 'check-gearman --tls-ca-file' | 'check-gearman --tls-certificate' | 'check-gearman --tls-key') echo '@files' ;;
    'top -H' | 'top -s') echo '@hosts' ;;
    'top -i' | 'top -t' | 'top --tls-server-name') echo '@nothing' ;;
    'top --tls-ca-file' | 'top --tls-certificate' | 'top --tls-key') echo '@files' ;;
    'send-multi --host=' | 'send-multi --timeout=' | 'send-multi --t=' | 'send-multi --retries=' | 'send-multi --gearman-connection-timeout=' | 'send-multi --key=' | 'send-multi --password=' | 'send-multi --dupserver-key=' | 'send-multi --tls-server-name=' | 'send-multi --result-queue=' | 'send-multi --retry-interval=') echo '@nothing' ;;
    'send-multi --active=' | 'send-multi --encryption=' | 'send-multi --tls=' | 'send-multi --ssl=') echo 'yes no' ;;
    'send-multi --server=' | 'send-multi --dupserver=') echo '@hosts' ;;
    'send-multi --keyfile=' | 'send-multi --passwordfile=' | 'send-multi --dupserver-keyfile=' | 'send-multi --tls-ca-file=' | 'send-multi --ssl-ca-file=' | 'send-multi --tls-certificate=' | 'send-multi --ssl-certificate=' | 'send-multi --tls-key=' | 'send-multi --ssl-key=' | 'send-multi --config=' | 'send-multi --configfile=' | 'send-multi --include=') echo '@files' ;;
    'run-and-send --host=' | 'run-and-send --service=' | 'run-and-send --timeout=' | 'run-and-send --t=' | 'run-and-send --retries=' | 'run-and-send --max-output=' | 'run-and-send --identifier=' | 'run-and-send --timeout-return=' | 'run-and-send --gearman-connection-timeout=' | 'run-and-send --key=' | 'run-and-send --password=' | 'run-and-send --dupserver-key=' | 'run-and-send --tls-server-name=' | 'run-and-send --result-queue=' | 'run-and-send --retry-interval=') echo '@nothing' ;;
    'run-and-send --exit-code=') echo 'command delivered' ;;
    'run-and-send --spool=' | 'run-and-send --keyfile=' | 'run-and-send --passwordfile=' | 'run-and-send --dupserver-keyfile=' | 'run-and-send --tls-ca-file=' | 'run-and-send --ssl-ca-file=' | 'run-and-send --tls-certificate=' | 'run-and-send --ssl-certificate=' | 'run-and-send --tls-key=' | 'run-and-send --ssl-key=' | 'run-and-send --config=' | 'run-and-send --configfile=' | 'run-and-send --include=') echo '@files' ;;
    'run-and-send --show-error-output=' | 'run-and-send --encryption=' | 'run-and-send --tls=' | 'run-and-send --ssl=') echo 'yes no' ;;
    'run-and-send --server=' | 'run-and-send --dupserver=') echo '@hosts' ;;
    'perfdata --target=' | 'perfdata --perfdata-queue=' | 'perfdata --hostcheck-alias=' | 'perfdata --stage-tag=' | 'perfdata --after-backslash=' | 'perfdata --livestatus=' | 'perfdata --livestatus-interval=' | 'perfdata --gearman-connection-timeout=' | 'perfdata --grab-interval=' | 'perfdata --key=' | 'perfdata --password=' | 'perfdata --accepted-key=' | 'perfdata --tls-server-name=' | 'perfdata --batch-lines=' | 'perfdata --batch-size=' | 'perfdata --batch-age=' | 'perfdata --jobs-at-once=' | 'perfdata --memory-size=' | 'perfdata --spool-max-size=' | 'perfdata --write-timeout=' | 'perfdata --shutdown-timeout=' | 'perfdata --debug=' | 'perfdata --prometheus-server=') echo '@nothing' ;;
    'perfdata --pnp-spool=' | 'perfdata --spool=') echo '@folders' ;;
    'perfdata --server=') echo '@hosts' ;;
    'perfdata --encryption=' | 'perfdata --tls=' | 'perfdata --ssl=') echo 'yes no' ;;
    'perfdata --keyfile=' | 'perfdata --passwordfile=' | 'perfdata --accepted-keyfile=' | 'perfdata --tls-ca-file=' | 'perfdata --ssl-ca-file=' | 'perfdata --tls-certificate=' | 'perfdata --ssl-certificate=' | 'perfdata --tls-key=' | 'perfdata --ssl-key=' | 'perfdata --rejected-file=' | 'perfdata --config=' | 'perfdata --configfile=' | 'perfdata --include=' | 'perfdata --logfile=') echo '@files' ;;
    'perfdata --log-format=') echo 'text json' ;;
    'notify --site=' | 'notify --email=' | 'notify --api-key=' | 'notify --timeout=' | 'notify --stream=' | 'notify --test-stream=' | 'notify --topic=' | 'notify --host-topic=' | 'notify --route=' | 'notify --template=' | 'notify --service-link=' | 'notify --host-link=' | 'notify --stage=' | 'notify --bot-name=' | 'notify --max-output=' | 'notify --spool-max-entries=' | 'notify --spool-max-megabytes=' | 'notify --digest-over=' | 'notify --digest-topic=' | 'notify --max-age=' | 'notify --prometheus-server=' | 'notify --handler-stream=' | 'notify --broadcast-url=' | 'notify --broadcast-stream=' | 'notify --broadcast-topic=' | 'notify --broadcast-interval=' | 'notify --debug=') echo '@nothing' ;;
    'notify --api-key-file=' | 'notify --zuliprc=' | 'notify --ca-file=' | 'notify --handler-log=' | 'notify --broadcast-key-file=' | 'notify --config=' | 'notify --configfile=' | 'notify --include=' | 'notify --logfile=') echo '@files' ;;
    'notify --language=') echo 'en de' ;;
    'notify --buttons=') echo 'yes no' ;;
    'notify --spool=') echo '@folders' ;;
    'notify --resolved-topics=') echo 'off follow resolve' ;;
    'notify --handler-reports=') echo 'all failures' ;;
    'notify --log-format=') echo 'text json' ;;
    'zulip-notifier --site=' | 'zulip-notifier --email=' | 'zulip-notifier --api-key=' | 'zulip-notifier --timeout=' | 'zulip-notifier --stream=' | 'zulip-notifier --test-stream=' | 'zulip-notifier --topic=' | 'zulip-notifier --host-topic=' | 'zulip-notifier --route=' | 'zulip-notifier --template=' | 'zulip-notifier --service-link=' | 'zulip-notifier --host-link=' | 'zulip-notifier --stage=' | 'zulip-notifier --bot-name=' | 'zulip-notifier --max-output=' | 'zulip-notifier --spool-max-entries=' | 'zulip-notifier --spool-max-megabytes=' | 'zulip-notifier --digest-over=' | 'zulip-notifier --digest-topic=' | 'zulip-notifier --max-age=' | 'zulip-notifier --prometheus-server=' | 'zulip-notifier --handler-stream=' | 'zulip-notifier --broadcast-url=' | 'zulip-notifier --broadcast-stream=' | 'zulip-notifier --broadcast-topic=' | 'zulip-notifier --broadcast-interval=' | 'zulip-notifier --debug=') echo '@nothing' ;;
    'zulip-notifier --api-key-file=' | 'zulip-notifier --zuliprc=' | 'zulip-notifier --ca-file=' | 'zulip-notifier --handler-log=' | 'zulip-notifier --broadcast-key-file=' | 'zulip-notifier --config=' | 'zulip-notifier --configfile=' | 'zulip-notifier --include=' | 'zulip-notifier --logfile=') echo '@files' ;;
    'zulip-notifier --language=') echo 'en de' ;;
    'zulip-notifier --buttons=') echo 'yes no' ;;
    'zulip-notifier --spool=') echo '@folders' ;;
    'zulip-notifier --resolved-topics=') echo 'off follow resolve' ;;
    'zulip-notifier --handler-reports=') echo 'all failures' ;;
    'zulip-notifier --log-format=') echo 'text json' ;;
    'zulip-bot --site=' | 'zulip-bot --email=' | 'zulip-bot --api-key=' | 'zulip-bot --timeout=' | 'zulip-bot --monitoring=' | 'zulip-bot --permission=' | 'zulip-bot --gitlab=' | 'zulip-bot --show-changes-interval=' | 'zulip-bot --max-command-age=' | 'zulip-bot --people-max-age=' | 'zulip-bot --alert-user=' | 'zulip-bot --stage=' | 'zulip-bot --debug=' | 'zulip-bot --prometheus-server=') echo '@nothing' ;;
    'zulip-bot --api-key-file=' | 'zulip-bot --zuliprc=' | 'zulip-bot --ca-file=' | 'zulip-bot --config=' | 'zulip-bot --configfile=' | 'zulip-bot --include=' | 'zulip-bot --logfile=') echo '@files' ;;
    'zulip-bot --show-changes=') echo 'off acknowledgements all' ;;
    'zulip-bot --state-folder=') echo '@folders' ;;
    'zulip-bot --language=') echo 'en de' ;;
    'zulip-bot --log-format=') echo 'text json' ;;
    'zulip --what=' | 'zulip --subject=' | 'zulip --nodes=' | 'zulip --as=' | 'zulip --wait=' | 'zulip --site=' | 'zulip --email=' | 'zulip --api-key=' | 'zulip --timeout=' | 'zulip --stream=' | 'zulip --test-stream=' | 'zulip --topic=' | 'zulip --host-topic=' | 'zulip --route=' | 'zulip --template=' | 'zulip --service-link=' | 'zulip --host-link=' | 'zulip --stage=' | 'zulip --bot-name=' | 'zulip --max-output=' | 'zulip --spool-max-entries=' | 'zulip --spool-max-megabytes=' | 'zulip --digest-over=' | 'zulip --digest-topic=' | 'zulip --max-age=' | 'zulip --prometheus-server=' | 'zulip --handler-stream=' | 'zulip --broadcast-url=' | 'zulip --broadcast-stream=' | 'zulip --broadcast-topic=' | 'zulip --broadcast-interval=' | 'zulip --debug=') echo '@nothing' ;;
    'zulip --api-key-file=' | 'zulip --zuliprc=' | 'zulip --ca-file=' | 'zulip --handler-log=' | 'zulip --broadcast-key-file=' | 'zulip --config=' | 'zulip --configfile=' | 'zulip --include=' | 'zulip --logfile=') echo '@files' ;;
    'zulip --language=') echo 'en de' ;;
    'zulip --buttons=') echo 'yes no' ;;
    'zulip --spool=') echo '@folders' ;;
    'zulip --resolved-topics=') echo 'off follow resolve' ;;
    'zulip --handler-reports=') echo 'all failures' ;;
    'zulip --log-format=') echo 'text json' ;;
    run\ * | check\ * | status\ * | jobs\ * | reload\ * | drain\ * | resume\ * | log-level\ * | plugin\ * | doctor\ * | survey\ * | shadow\ * | handlers\ * | config\ *) _omd_worker_conf_value "$2" ;;
    *) return 1 ;;
  esac
}

# OPTION of worker.conf → what its value may be
_omd_worker_conf_value() {
  case $1 in
    '--server=' | '--dupserver=') echo '@hosts' ;;
    '--dup-results-are-passive=' | '--encryption=' | '--tls=' | '--ssl=' | '--hosts=' | '--services=' | '--eventhandler=' | '--eventhandlers=' | '--notifications=' | '--notification=' | '--show-error-output=' | '--workaround-rc-25=' | '--native-http-keepalive=' | '--native-ssh-keepalive=' | '--native-db-pool=' | '--native-nsc-keepalive=' | '--native-nrpe-resume=' | '--internal-check-dummy=' | '--internal-negate=' | '--internal-check-nsc-web=' | '--internal-check-prometheus=' | '--daemon=' | '--d=' | '--control-socket=' | '--reload-on-change=' | '--debug-result=' | '--enable-embedded-perl=' | '--use-embedded-perl-implicitly=') echo 'yes no' ;;
    '--dupserver-backlog-queue-size=' | '--result-max-age=' | '--result-spool-max-age=' | '--result-spool-max-size=' | '--gearman-connection-timeout=' | '--grab-interval=' | '--key=' | '--password=' | '--accepted-key=' | '--server-keyfile=' | '--server-key=' | '--dupserver-key=' | '--tls-server-name=' | '--hostgroups=' | '--hostgroup=' | '--servicegroups=' | '--servicegroup=' | '--job-timeout=' | '--timeout-return=' | '--max-age=' | '--replay-window=' | '--native-target-max=' | '--native-values-folder=' | '--shadow-share=' | '--restrict-command-characters=' | '--restrict-allow=' | '--plugin-environment=' | '--queue-user=' | '--queue-limits=' | '--native-checks-as-worker=' | '--eventhandler-allow=' | '--eventhandler-rate=' | '--eventhandler-dry-run=' | '--eventhandler-log-size=' | '--min-worker=' | '--max-worker=' | '--queue-max-worker=' | '--idle-timeout=' | '--spawn-rate=' | '--load-limit1=' | '--load-limit5=' | '--load-limit15=' | '--load-cpu-multi=' | '--mem-limit=' | '--identifier=' | '--stage=' | '--shutdown-timeout=' | '--debug=' | '--summary-interval=' | '--warm-include=' | '--warm-except=' | '--warm-load=' | '--warm-max=' | '--warm-memory=' | '--prometheus-server=') echo '@nothing' ;;
    '--result-spool=' | '--secret-dir=' | '--plugin-path=' | '--restrict-path=' | '--restrictpath=') echo '@folders' ;;
    '--keyfile=' | '--passwordfile=' | '--accepted-keyfile=' | '--dupserver-keyfile=' | '--tls-ca-file=' | '--ssl-ca-file=' | '--tls-certificate=' | '--ssl-certificate=' | '--tls-key=' | '--ssl-key=' | '--shadow-file=' | '--eventhandler-log=' | '--config=' | '--configfile=' | '--include=' | '--pidfile=' | '--logfile=' | '--status-page-auth=') echo '@files' ;;
    '--worker-name-in-result=') echo 'off on pre_perfdata' ;;
    '--native-checks=') echo 'off on shadow' ;;
    '--native-checks-only=' | '--native-checks-except=' | '--native-checks-experimental=') echo 'check_by_ssh check_clamd check_curl check_disk check_dns check_dummy check_fping check_ftp check_host check_http check_icmp check_imap check_jabber check_load check_mssql check_mssql_health check_mysql check_mysql_query check_nntp check_nntps check_nrpe check_nsc_web check_nt check_pgsql check_ping check_pop check_procs check_prometheus check_simap check_smtp check_snmp check_spop check_ssh check_ssmtp check_swap check_tcp check_udp check_users negate' ;;
    '--restrict-mode=') echo 'path strict' ;;
    '--logmode=') echo 'automatic file stdout syslog' ;;
    '--log-format=') echo 'text json' ;;
    '--warm-python=') echo 'off marked implicitly' ;;
    '--status-page=') echo 'off on auto' ;;
    *) return 1 ;;
  esac
}

# "COMMAND WORD" → what its other words may be
_omd_worker_operand() {
  case $1 in
    'check') printf '%s\n' '@checks' ;;
    'plugin test') printf '%s\n' '@files' ;;
    'survey') printf '%s\n' '@files' ;;
    'handlers report') printf '%s\n' '@files' ;;
    'config check') printf '%s\n' '@files' ;;
    'link-names') printf '%s\n' '@folders' ;;
    'run-and-send') printf '%s\n' '@commands' ;;
  esac
}

# KIND CURRENT → COMPREPLY
_omd_worker_offer() {
  local current=$2
  case $1 in
    @files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    @folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    @hosts) mapfile -t COMPREPLY < <(compgen -A hostname -- "$current") ;;
    @commands) mapfile -t COMPREPLY < <(compgen -c -- "$current"; compgen -f -- "$current") ;;
    @checks) mapfile -t COMPREPLY < <(compgen -W 'check_by_ssh check_clamd check_curl check_disk check_dns check_dummy check_fping check_ftp check_host check_http check_icmp check_imap check_jabber check_load check_mssql check_mssql_health check_mysql check_mysql_query check_nntp check_nntps check_nrpe check_nsc_web check_nt check_pgsql check_ping check_pop check_procs check_prometheus check_simap check_smtp check_snmp check_spop check_ssh check_ssmtp check_swap check_tcp check_udp check_users negate' -- "$current"; compgen -f -- "$current") ;;
    @nothing) ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current") ;;
  esac
}

_omd_worker() {
  local line=${COMP_LINE:0:COMP_POINT} current='' command set word value key typed at=1 i
  local -a words
  COMPREPLY=()
  read -ra words <<<"$line"
  if [[ $line != *[[:blank:]] ]]; then
    current=${words[-1]}
    unset 'words[-1]'
  fi
  command=$(_omd_worker_command "${words[0]}" "${words[1]-}")
  if [[ -z $command ]]; then
    if ((${#words[@]} == 1)) && [[ $current != -* && $current != *=* ]]; then
      _omd_worker_offer "$(_omd_worker_words '')" "$current"
      return
    fi
    command=run
  elif [[ -z $(_omd_worker_command "${words[0]}" '') ]]; then
    at=2
  fi
  set=$command
  if [[ -n $(_omd_worker_words "$command") ]]; then
    if ((${#words[@]} <= at)) && [[ $current != -* ]]; then
      _omd_worker_offer "$(_omd_worker_words "$command")" "$current"
      return
    fi
    set="$command ${words[at]-}"
    at=$((at + 1))
  fi
  # Another command begins after --, and at the first word of check.
  for ((i = at; i < ${#words[@]}; i++)); do
    word=${words[i]}
    if [[ $word == -- || ($command == check && $word != -*) ]]; then
      if [[ $word == -- ]] && ((i == ${#words[@]} - 1)); then
        _omd_worker_offer "$(_omd_worker_operand "$set")" "$current"
      else
        _omd_worker_offer @files "$current"
      fi
      return
    fi
  done
  # The value of an option, in the same word or in the next one.
  if [[ $current == *=* ]]; then
    typed=${current%%=*}=
    key=${current%%=*}
    current=${current#*=}
    [[ ${key//-/} == ? ]] || { key=--${key#"${key%%[!-]*}"}; key=${key//_/-}; key=${key,,}; }
    value=$(_omd_worker_value "$command" "$key=") || return
    _omd_worker_offer "$value" "$current"
    [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/$typed}")
    return
  fi
  if ((${#words[@]} > at)) && value=$(_omd_worker_value "$command" "${words[-1]}"); then
    _omd_worker_offer "$value" "$current"
    return
  fi
  if [[ $current == -* ]]; then
    _omd_worker_offer "$(_omd_worker_options "$set")" "$current"
    [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
    return
  fi
  value=$(_omd_worker_operand "$set")
  [[ $value != @commands ]] || value=--
  _omd_worker_offer "$value" "$current"
}

complete -F _omd_worker omd-worker mod_gearman_worker send_gearman check_gearman gearman_top send_multi
