# Which files a site's repository brings. Whoever pushes chooses their names, which become words of helm and ssh: they are strict.
LC_ALL=C
export LC_ALL
FORMS='site.conf, values/STAGE.yaml and satellites/STAGE/HOST.conf'

# A stage is the name of a Helm release, too.
is_stage() {
  case $1 in '' | [!a-z]* | *[!a-z0-9-]* | *-) return 1 ;; esac
  [ ${#1} -le 50 ]
}

is_host() {
  case $1 in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9.-]*) return 1 ;; esac
  [ ${#1} -le 253 ]
}

is_site_file() {
  case $1 in
    site.conf) return 0 ;;
    values/*.yaml) part=${1#values/} && is_stage "${part%.yaml}" ;;
    satellites/*/*.conf)
      part=${1#satellites/}
      is_stage "${part%%/*}" || return 1
      part=${part#*/}
      is_host "${part%.conf}"
      ;;
    *) return 1 ;;
  esac
}
