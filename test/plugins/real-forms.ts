/**
 * A form of a command line, and how often it is met. Words are separated by blanks, quotes keep them
 * together. `$NAME$` is a macro, as in the configuration of a core.
 */
export type RealForm = readonly [weight: number, words: string];

/**
 * The forms of command lines that configurations use: those of public repositories with their frequencies,
 * and Debian's own command definitions. Each line names its port, because the servers of a test have others.
 */

export const TCP_FORMS: readonly RealForm[] = [
  [30, "-H $HOST$ -p $PORT$"],
  [8, "-H $HOST$ -p $PORT$ -w 1 -c 3"],
  [6, "-H $HOST$ -p $PORT$ -w 2 -c 5 -t 10"],
  [4, "-H $HOST$ -p $PORT$ -w 100 -c 300"],
  [6, "-H $HOST$ -p $PORT$ ''"],
  [6, "-H $HOST$ -p $PORT$ -4 ''"],
  [4, "-H $HOST$ -p $PORT$ -4 $THEN$"],
  [3, "-H $HOST$ -p $PORT$ -t $TIMEOUT$"],
  [3, "-H $HOST$ -p $PORT$ -e $EXPECT$"],
  [3, "-H $HOST$ -p $PORT$ -E -s '$SEND$' -e $EXPECT$ -w 2 -c 5"],
  [2, "-H $HOST$ -p $PORT$ -E -s '$SEND$' -e $EXPECT$ -q QUIT -M crit"],
  [2, "-H $HOST$ -p $PORT$ -e $EXPECT$ -j -t $TIMEOUT$"],
  [2, "-H $HOST$ -p $PORT$ -r ok"],
  [2, "-H $HOST$ -p $PORT$ -r warn -M warn -t $TIMEOUT$"],
  [1, "--hostname=$HOST$ --port=$PORT$ --warning=5 --critical=9 --timeout=20"],
  [1, "-p $PORT$ -H $HOST$ -w 0.5,1 -c 2"],
  [1, "$HOST$ -p $PORT$"],
];

export const TLS_FORMS: readonly RealForm[] = [
  [6, "-H $HOST$ -p $PORT$ -S"],
  [6, "-H $HOST$ -p $PORT$ -S ''"],
  [4, "-p $PORT$ -H $HOST$ -S -4 ''"],
  [4, "-H $HOST$ -p $PORT$ -S -D 30"],
  [4, "-H $HOST$ -p $PORT$ -S -D 21 -t $TIMEOUT$"],
  [3, "-H $HOST$ -p $PORT$ -S -D 30,14"],
  [2, "-H $HOST$ -p $PORT$ -D 60,30"],
  [2, "-H $HOST$ -p $PORT$ --ssl --sni $NAME$ -D 30,14"],
  [2, "-H $HOST$ -p $PORT$ -S -e $EXPECT$ -w 2 -c 5"],
  [2, "-H $HOST$ -p $PORT$ -S -E -s '$SEND$' -e $EXPECT$"],
  [1, "--hostname=$HOST$ --port=$PORT$ --ssl --certificate=15,10"],
];

export const HTTP_FORMS: readonly RealForm[] = [
  [30, "-I $HOST$ -p $PORT$"],
  [25, "-H $HOST$ -p $PORT$"],
  [20, "-H $HOST$ -I $HOST$ -p $PORT$"],
  [8, "-H $NAME$ -I $HOST$ -p $PORT$"],
  [6, "-H $HOST$ -I $HOST$ -p $PORT$ ''"],
  [6, "-H $NAME$ -I $HOST$ -p $PORT$ -4 ''"],
  [6, "-H $HOST$ -p $PORT$ -u $URL$"],
  [5, "-I $HOST$ -p $PORT$ -u $URL$ -e 200"],
  [4, "-H $NAME$ -I $HOST$ -w $WARN$ -c $CRIT$ -p $PORT$ ''"],
  [4, "-I $HOST$ --onredirect=follow --port=$PORT$ --url=$URL$"],
  [3, "-I $HOST$ --onredirect=follow --port=$PORT$ --expect=HTTP"],
  [3, "-I $HOST$ -H $NAME$ -u $URL$ -p $PORT$ --onredirect=sticky -e 200,302"],
  [3, "-I $HOST$ -f follow -u $URL$ -s $TEXT$ -p $PORT$"],
  [3, "-H $HOST$ -p $PORT$ -u $URL$ -s $TEXT$"],
  [3, "-H $NAME$ -I $HOST$ -p $PORT$ -u $URL$ -r $PATTERN$ -t 30"],
  [3, "-H $HOST$ -p $PORT$ -u $URL$ -a mon:secret -e 200 -t 10"],
  [2, "-p $PORT$ -H $HOST$ -I $HOST$ -a '$LOGIN$' -u '$URL$' -e '$STATUS$'"],
  [2, "-p $PORT$ -e 401 -H $HOST$ -I $HOST$"],
  [2, "-H $HOST$ -p $PORT$ -u $URL$ -e 'HTTP/1.0 200 OK'"],
  [2, "-I $HOST$ -H $NAME$ -u / -w 2 -c 5 -t 20 -e 'HTTP/1.1 200,HTTP/1.1 302' -f follow -p $PORT$"],
  [2, "-H $HOST$ -p $PORT$ -u $URL$ -k 'Accept: application/json' -k 'Authorization: Bearer abc' -s $TEXT$"],
  [
    2,
    "-H $HOST$ -p $PORT$ -I $HOST$ -u $URL$ --useragent=supervision --onredirect=follow --timeout=9 -s $TEXT$",
  ],
  [2, "-H $HOST$ -p $PORT$ -u $URL$ -f ok -w $WARN$ -c $CRIT$ -E"],
  [1, "-H $NAME$ -I $HOST$ -p $PORT$ -u '/?x=1&y=2' -A 'Mozilla/5.0 (monitoring)' -e 200,301,302"],
  [
    1,
    "-H $HOST$ -p $PORT$ -u /post -P 'user=probe&pw=a%20b!c' -T application/x-www-form-urlencoded -k 'X-Token: abc=def=='",
  ],
  [1, "-H $HOST$ -p $PORT$ -u $URL$ -r 'Fehler|Fault' --invert-regex -a $LOGIN$"],
  [1, "-H $HOST$ -p $PORT$ -j HEAD -u $URL$ -e $STATUS$"],
  [1, "-H $HOST$ -p $PORT$ -u $URL$ -m 10:100000 -M 9999d"],
  [1, "-H $HOST$ -p $PORT$ -u $URL$ -d $TEXT$ -L"],
  [1, "-H $HOST$ -p $PORT$ -u $URL$ -R $PATTERN$ -l -B"],
  [1, "-t 42 -H $HOST$ -p $PORT$"],
];

export const HTTPS_FORMS: readonly RealForm[] = [
  [10, "--ssl -H $HOST$ -I $HOST$ -p $PORT$"],
  [8, "--ssl -H $HOST$ -I $HOST$ -p $PORT$ ''"],
  [8, "-S -H $HOST$ -p $PORT$"],
  [5, "--ssl -H $NAME$ -I $HOST$ -4 '' -p $PORT$"],
  [5, "--ssl -p $PORT$ -H $HOST$ -I $HOST$ -C 60,30"],
  [5, "-S -H $HOST$ -C 30 -p $PORT$"],
  [4, "--ssl -C 20 -H $HOST$ -I $HOST$ -p $PORT$"],
  [4, "-H $NAME$ -I $HOST$ -p $PORT$ -S --sni -C 30,14"],
  [3, "--ssl -H $HOST$ -I $HOST$ -C 0 -p $PORT$"],
  [3, "-I $HOST$ -H $NAME$ -S -u / -w 2 -c 5 -t 20 -e 'HTTP/1.1 200,HTTP/1.1 302' -f follow -p $PORT$ --sni"],
  [3, "-I $HOST$ -S --sni -u '$URL$' -s $TEXT$ -p $PORT$"],
  [3, "--ssl -H $HOST$ -I $HOST$ -a $LOGIN$ '' -p $PORT$"],
  [2, "--ssl=1 -I $HOST$ -r $PATTERN$ -u $URL$ -p $PORT$"],
  [2, "-S1.2 -H $HOST$ -p $PORT$ -e $STATUS$"],
  [2, "--ssl=1.2+ -H $NAME$ -I $HOST$ -p $PORT$ --sni"],
  [1, "-S1.1 -H $HOST$ -p $PORT$"],
  [1, "--ssl=1.1+ -H $HOST$ -p $PORT$ -C 14"],
  [1, "-S -H $HOST$ -C 30,14 --continue-after-certificate -u $URL$ -p $PORT$"],
];

export const SSH_FORMS: readonly RealForm[] = [
  [20, "-p $PORT$ $HOST$"],
  [8, "-4 -p $PORT$ $HOST$"],
  [6, "-H $HOST$ -p $PORT$"],
  [4, "-p $PORT$ -t $TIMEOUT$ $HOST$"],
  [2, "-H $HOST$ -p $PORT$ -t $TIMEOUT$ -4"],
  [2, "-p $PORT$ -r '$VERSION$' $HOST$"],
  [2, "-p $PORT$ -P $PROTOCOL$ $HOST$"],
  [1, "--port=$PORT$ --timeout=$TIMEOUT$ --hostname=$HOST$"],
];

export const SNMP_FORMS: readonly RealForm[] = [
  [5, "-H $HOST$ -C $COMMUNITY$ -o ifOperStatus.$INDEX$ -r 1 -m RFC1213-MIB"],
  [3, "-H $HOST$ -C $COMMUNITY$ -o sysName.0 -m RFC1213-MIB"],
  [8, "-H $HOST$ -C $COMMUNITY$ -o .1.3.6.1.2.1.1.5.0 --delimiter=')' -l 'Uptime is'"],
  [8, "-H $HOST$ -C $COMMUNITY$ -o $OID$"],
  [8, "-H $HOST$ -C $COMMUNITY$ -o $OID$ -w $WARN$ -c $CRIT$"],
  [8, "-H $HOST$ -o $OID$ -w $WARN$ -C $COMMUNITY$"],
  [6, "-H $HOST$ -P 2c -C $COMMUNITY$ -o $OID$"],
  [6, "-H $HOST$ -P 2c -C $COMMUNITY$ -o $OID$ -w $WARN$ -c $CRIT$ -l $LABEL$ -u $UNIT$"],
  [6, "-H $HOST$ -P 3 -L authPriv -U shaaes -a SHA -A authpass123 -x AES -X privpass123 -o $OID$ -r '^1$'"],
  [4, "-H $HOST$ -P 3 -L authPriv -U shaaes -a SHA -A $PASSWORD$ -x AES -X privpass123 -o $OID$ -w $WARN$"],
  [
    4,
    "-H $HOST$ -C $COMMUNITY$ -o $OID$,$OID$,$OID$ -w :$NUMBER$,:$NUMBER$,:$NUMBER$ -c :$NUMBER$,:$NUMBER$,:$NUMBER$ -l load",
  ],
  [4, "-H $HOST$ -C $COMMUNITY$ -o $OID$,$OID$,$OID$ -l 'CPU usage (user system idle)' -u '%'"],
  [4, "-H $HOST$ -C $COMMUNITY$ -o $OID$ -w $NUMBER$:$NUMBER$ -c $NUMBER$:$NUMBER$"],
  [4, "-H $HOST$ -C $COMMUNITY$ -o $OID$,$OID$ -w $NUMBER$: -c $NUMBER$:"],
  [
    3,
    "-H $HOST$ -C $COMMUNITY$ -o $OID$,$OID$ -w $NUMBER$:,:$NUMBER$ -c $NUMBER$:,:$NUMBER$ -u 'kB free (','% used)' -l 'disk space'",
  ],
  [
    3,
    "-H $HOST$ -C $COMMUNITY$ -o $OID$,$OID$,$OID$,$OID$ -u ThermalCondition,ThermalTemp,ThermalSystem,ThermalCPUFan -w 2:2,2:2,2:2,2:2 -c 1:2,1:2,1:2,1:2 -l 'Thermal status '",
  ],
  [3, "-H $HOST$ -C $COMMUNITY$ -o $OID$ -w 90 -c 95 -u '%' -l 'CPU LOAD '"],
  [2, "-H $HOST$ -C $COMMUNITY$ -o $OID$,$OID$ -u 'Total Disks','Active' -l ''"],
  [2, "-H $HOST$ -C $COMMUNITY$ -o $OID$ -r $TEXT$"],
  [2, "-H $HOST$ -C $COMMUNITY$ -o $OID$ -s $TEXT$ -l $LABEL$"],
  [2, "-H $HOST$ -P 1 -C $COMMUNITY$ -o $OID$,$OID$,,"],
];

export const PING_FORMS: readonly RealForm[] = [
  [20, "-H $HOST$ -w 3000.0,80% -c 5000.0,100% -p 1"],
  [12, "-H $HOST$ -w 5000,100% -c 5000,100% -p 1"],
  [4, "-H $HOST$ -w 5000,100% -c 5000,100% -p 1 -4"],
  [4, "-H $HOST$ -w $WARN$ -c $CRIT$ -p $FEW$"],
  [3, "-H $HOST$ -w $WARN$ -c $CRIT$ -p $FEW$ -t 10"],
  [2, "-H $HOST$ -w 200.0,20% -c 600.0,60% -p 5"],
  [1, "-H $HOST$ -w 200.0,20% -c 500.0,60% -p 5 -t 10"],
];

export const ICMP_FORMS: readonly RealForm[] = [
  [12, "-H $HOST$ -w 3000.0,80% -c 5000.0,100% -p 1"],
  [8, "-H $HOST$ -w 3000.0,80% -c 5000.0,100% -n 3"],
  [4, "-H $HOST$ -w 3000.0,80% -c 5000.0,100% -n 1"],
  [4, "-H $HOST$ -w 200,10% -c 600,50% -n 5"],
  [4, "-H $HOST$ -w $WARN$ -c $CRIT$"],
  [3, "-H $HOST$ -w $WARN$ -c $CRIT$ -p 5"],
  [3, "-H $HOST$ -n $FEW$ -w $WARN$ -c $CRIT$"],
  [2, "-H $HOST$ -n $FEW$"],
  [2, "-H $HOST$"],
  [1, "-H $HOST$ $HOST$ -m 1 -n 2"],
];

export const FPING_FORMS: readonly RealForm[] = [
  [8, "-H $HOST$"],
  [4, "-H $HOST$ -w $WARN$ -c $CRIT$"],
  [2, "-H $HOST$ -w $WARN$ -c $CRIT$ -n 2"],
  [1, "-4 -H $HOST$ -b 64 -n 3 -i 90"],
];

export const DUMMY_FORMS: readonly RealForm[] = [
  [6, "$STATE$"],
  [4, "$STATE$ '$TEXT$'"],
  [2, "$STATE$ '$TEXT$ | delay=$NUMBER$;;;0'"],
  [2, "$STATE$ ''"],
  [1, "$STATE$ $TEXT$ $TEXT$"],
];

export const NEGATE_FORMS: readonly RealForm[] = [
  [4, "$PLUGIN$ $STATE$ '$TEXT$'"],
  [3, "-s $PLUGIN$ $STATE$ '$TEXT$'"],
  [3, "-t $TIMEOUT$ -o $NEW$ -c $NEW$ $PLUGIN$ $STATE$"],
  [3, "--unknown=$NEW$ $PLUGIN$ $STATE$ '$TEXT$'"],
  [3, "--warning=$NEW$ $PLUGIN$ $STATE$ '$TEXT$'"],
  [2, "-w $NEW$ -c $NEW$ -o $NEW$ -u $NEW$ $PLUGIN$ $STATE$"],
  [2, "--substitute --ok=$NEW$ --critical=$NEW$ $PLUGIN$ $STATE$ '$TEXT$'"],
  [1, "-s -T $NEW$ '$PLUGIN$ $STATE$ text'"],
];

/** `-C` is added by the test, because each server runs commands of its own. */
export const BY_SSH_FORMS: readonly RealForm[] = [
  [6, "-H $HOST$ -p $PORT$ -l $USER$ -i $KEY$"],
  [6, "-H $HOST$ -p $PORT$ -l $USER$ -i $KEY$ -t 30"],
  [5, "-p $PORT$ -l $USER$ -i $KEY$ -t 30 -o StrictHostKeyChecking=no -H $HOST$"],
  [4, "-p$PORT$ -t 20 -i $KEY$ -H $HOST$"],
  [4, "-H $HOST$ -p $PORT$ -i $KEY$ -4"],
  [3, "-H $HOST$ -p $PORT$ -i $KEY$ -t 30 -q"],
  [3, "-p $PORT$ -o 'StrictHostKeyChecking=no' -i $KEY$ -H $HOST$"],
  [
    2,
    "-H $HOST$ -p $PORT$ -l $USER$ -i $KEY$ -o ControlMaster=no -o ControlPath=/not-there/ssh-%r@%h:%p -o PasswordAuthentication=no",
  ],
  [2, "-o CheckHostIP=no -o Port=$PORT$ -o User=$USER$ -i $KEY$ -H $HOST$"],
  [2, "-H $HOST$ -p $PORT$ -l $USER$ -i $KEY$ -E -t 25"],
  [2, "-H $HOST$ -p $PORT$ -l $USER$ -i $KEY$ -o BatchMode=yes -o ConnectTimeout=9"],
  [1, "-H $HOST$ -p $PORT$ -n $HOST$ -i $KEY$ -o ControlMaster=no"],
];

export const PGSQL_FORMS: readonly RealForm[] = [
  [12, "-H $HOST$ -P $PORT$"],
  [10, "-H $HOST$ -P $PORT$ -d $DATABASE$ -l $USER$ -p $PASSWORD$"],
  [8, "-H $HOST$ -P $PORT$ -l $USER$ -p $PASSWORD$"],
  [6, "-H $HOST$ -P $PORT$ -d $DATABASE$ -l $USER$ -p $PASSWORD$ -w $WARN$ -c $CRIT$"],
  [6, "-H $HOST$ -P $PORT$ -d $DATABASE$ -l $USER$ -p $PASSWORD$ -q '$QUERY$' -W $RANGE$ -C $RANGE$"],
  [4, "-H $HOST$ -P $PORT$ -d $DATABASE$ -l $USER$ -p $PASSWORD$ -q '$QUERY$' --queryname=$NAME$ -C $RANGE$"],
  [3, "-H $HOST$ -P $PORT$ -d $DATABASE$ -l $USER$ -p $PASSWORD$ -o sslmode=$SSLMODE$ -t 15"],
  [3, "-H $FOLDER$ -P $PORT$ -d $DATABASE$ -l $USER$ -p $PASSWORD$ -q '$QUERY$'"],
  [2, "-H $HOST$ -P $PORT$ -l $USER$ -o 'application_name=icinga2 connect_timeout=30' -p $PASSWORD$"],
  [
    1,
    "--hostname=$HOST$ --port=$PORT$ --database=$DATABASE$ --logname=$USER$ --password=$PASSWORD$ --query='$QUERY$'",
  ],
];

export const MYSQL_FORMS: readonly RealForm[] = [
  [12, "-H $HOST$ -P $PORT$ -u $USER$ -p $PASSWORD$"],
  [8, "-H $HOST$ -P $PORT$"],
  [6, "-H $HOST$ -P $PORT$ -u $USER$ -p $PASSWORD$ -d $DATABASE$"],
  [6, "-H $HOST$ -P $PORT$ -u $USER$ -p $PASSWORD$ -S -w $WARN$ -c $CRIT$"],
  [4, "-H $HOST$ -P $PORT$ -u $USER$ -p $PASSWORD$ -S"],
  [3, "-H $HOST$ -P $PORT$ -n"],
  [3, "-H $HOST$ -P $PORT$ -f $FILE$"],
  [3, "-s $SOCKET$ -u $USER$ -p $PASSWORD$"],
  [2, "-H $HOST$ -P $PORT$ -u $USER$ -p $PASSWORD$ -l"],
  [2, "-d $DATABASE$ -H $HOST$ -P $PORT$ -f $FILE$ -g client -S"],
  [1, "--hostname=$HOST$ --port=$PORT$ --username=$USER$ --password=$PASSWORD$ --check-slave"],
];

export const MYSQL_QUERY_FORMS: readonly RealForm[] = [
  [10, "-H $HOST$ -P $PORT$ -u $USER$ -p $PASSWORD$ -q '$QUERY$' -w $WARN$ -c $CRIT$"],
  [6, "-H $HOST$ -P $PORT$ -u $USER$ -p $PASSWORD$ -d $DATABASE$ -q '$QUERY$' -w $WARN$ -c $CRIT$"],
  [4, "-q '$QUERY$' -w $WARN$ -c $CRIT$ -H $HOST$ -P $PORT$ -u $USER$ -p $PASSWORD$ -d $DATABASE$"],
  [3, "-H $HOST$ -P $PORT$ -f $FILE$ -g client -q '$QUERY$'"],
  [2, "-s $SOCKET$ -u $USER$ -p $PASSWORD$ -q '$QUERY$' -c $CRIT$"],
  [1, "--hostname=$HOST$ --port=$PORT$ --username=$USER$ --password=$PASSWORD$ --query='$QUERY$'"],
];

/** `-p` is added by the test, because real daemons have all the same port. */
export const NRPE_FORMS: readonly RealForm[] = [
  [30, "-H $HOST$ -c $COMMAND$"],
  [10, "-H $HOST$ -c $COMMAND$ -t $TIMEOUT$"],
  [6, "-H $HOST$ -t $TIMEOUT$ -c $COMMAND$"],
  [5, "-u -H $HOST$ -c $COMMAND$"],
  [4, "-2 -H $HOST$ -c $COMMAND$"],
  [3, "-u -2 -t $TIMEOUT$ -H $HOST$ -c $COMMAND$"],
  [3, "-H $HOST$ -c $COMMAND$ -a $ARG$"],
  [3, "-H $HOST$ -c $COMMAND$ -a $ARG$ $ARG$ $ARG$"],
  [2, "-H $HOST$ -t $TIMEOUT$ -c $COMMAND$ -a '$ARG$ $ARG$'"],
  [2, "-H $HOST$ -t $TIMEOUT$:$STATE$ -c $COMMAND$"],
  [2, "-4 -H $HOST$"],
  [1, "-H $HOST$"],
  [1, "--host=$HOST$ --command=$COMMAND$ --timeout=$TIMEOUT$"],
];

export const NT_FORMS: readonly RealForm[] = [
  [14, "-H $HOST$ -p $PORT$ -v USEDDISKSPACE -l $DRIVE$ -w $WARN$ -c $CRIT$"],
  [9, "-H $HOST$ -p $PORT$ -v UPTIME"],
  [9, "-H $HOST$ -p $PORT$ -v MEMUSE -w $WARN$ -c $CRIT$"],
  [9, "-H $HOST$ -p $PORT$ -v CPULOAD -l 5,80,90"],
  [3, "-H $HOST$ -p $PORT$ -s $PASSWORD$ -v CPULOAD -l 5,80,90,10,50,60"],
  [8, "-H $HOST$ -p $PORT$ -v CLIENTVERSION"],
  [6, "-H $HOST$ -p $PORT$ -v SERVICESTATE -d SHOWALL -l $NAMES$"],
  [4, "-H $HOST$ -p $PORT$ -v PROCSTATE -d SHOWALL -l $NAMES$"],
  [2, "-H $HOST$ -p $PORT$ -v COUNTER -l $COUNTER$ -w $WARN$ -c $CRIT$"],
];

/** The machine's own: five checks with their names. */
export const LOCAL_FORMS: readonly RealForm[] = [
  [10, "check_load -w 5.0,4.0,3.0 -c 10.0,6.0,4.0"],
  [4, "check_load -w 15,10,5 -c 30,25,20"],
  [2, "check_load -r -w .15,.10,.05 -c .30,.25,.20"],
  [2, "check_load --warning=$LOAD$ --critical=$LOAD$"],
  [1, "check_load -r -w $LOAD$ -c $LOAD$"],
  [8, "check_users -w 5 -c 10"],
  [6, "check_users -w 20 -c 50"],
  [2, "check_users -w $COUNT$ -c $COUNT$"],
  [8, "check_swap -w 20 -c 10"],
  [4, "check_swap -w 20% -c 10%"],
  [2, "check_swap -a -w $PERCENT$ -c $PERCENT$"],
  [10, "check_disk -w 20% -c 10% -p $PATH$"],
  [4, "check_disk -w $PERCENT$ -c $PERCENT$ -e -p $PATH$"],
  [3, "check_disk -w $PERCENT$ -c $PERCENT$ -e"],
  [2, "check_disk -w 10% -c 5% -W 10% -K 5% -p $PATH$"],
  [2, "check_disk -w 20% -c 10% -X none -X tmpfs -X sysfs -X proc -X devtmpfs -m"],
  [1, "check_disk -w 20% -c 10% -l -x $PATH$"],
  [8, "check_procs -w 250 -c 400 -s RSZDT"],
  [5, "check_procs -w 5 -c 10 -s Z"],
  [3, "check_procs -w 1: -c 1: -C $PROGRAM$"],
  [2, "check_procs -c 1:1 -a $PROGRAM$"],
];

/** `-p` is added by the test, because real servers have all the same port. */
export const SMTP_FORMS: readonly RealForm[] = [
  [20, "-H $HOST$"],
  [6, "-H $HOST$ -w $WARN$ -c $CRIT$"],
  [5, "-H $HOST$ -w 5 -c 10 -t $TIMEOUT$"],
  [4, "-H $HOST$ -S"],
  [4, "-H $HOST$ -S -D $DAYS$"],
  [3, "-H $HOST$ -S -D $DAYS$ -F $NAME$ -t $TIMEOUT$"],
  [3, "-H $HOST$ -e 220"],
  [3, "-H $HOST$ -f $FROM$"],
  [3, "-H $HOST$ -f $FROM$ -C 'RCPT TO:<me@here.example>' -R 250"],
  [2, "-H $HOST$ -f $FROM$ -C 'RCPT TO:<me@here.example>' -R '^(250|550)'"],
  [2, "-4 -H $HOST$ -F $NAME$"],
  [1, "-H $HOST$ -L"],
  [1, "--hostname=$HOST$ --expect=ESMTP --warning=5 --critical=9"],
  [1, "$HOST$"],
];

export const DNS_FORMS: readonly RealForm[] = [
  [10, "-H $NAME$ -s $SERVER$"],
  [8, "-H $NAME$"],
  [6, "-s $SERVER$ -H $NAME$ -a $ADDRESS$"],
  [4, "-H $NAME$ -s $SERVER$ -t 15"],
  [4, "-H $NAME$ -s $SERVER$ -w $WARN$ -c $CRIT$"],
  [3, "-H $NAME$ -s $SERVER$ -a $ADDRESS$ -w $WARN$ -c $CRIT$"],
  [2, "-H $NAME$ -s $SERVER$ -A"],
  [2, "-H $NAME$ -s $SERVER$ -n"],
  [1, "--hostname=$NAME$ --server=$SERVER$ --expected-address=$ADDRESS$"],
  [1, "$NAME$ $SERVER$"],
];

export const NSC_WEB_FORMS: readonly RealForm[] = [
  [3, "-p $PASSWORD$ -u $URL$ -k"],
  [6, "-p $PASSWORD$ -u $URL$ -k $COMMAND$"],
  [4, "-p $PASSWORD$ -u $URL$ -k -a 1 $COMMAND$"],
  [4, "-k -t 25:UNKNOWN -u $URL$ -p $PASSWORD$ check_cpu 'warn=load > $WARN$' 'crit=load > 95'"],
  [4, "-k -p $PASSWORD$ -u $URL$ check_drivesize drive=c: 'warn=free<$WARN$%' show-all"],
  [2, "-k -f 2 -p $PASSWORD$ -u $URL$ check_memory type=committed 'warn=used > $WARN$%'"],
  [1, "-k -p $PASSWORD$ -u $URL$ check_service service=Spooler 'top-syntax=%(status): %(list)'"],
];
