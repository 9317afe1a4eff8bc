# The unit and the logrotate file of systemd/ are for every way of installing: these are the paths of this package.
s|^\(ExecStart[A-Za-z]*=[-@:+!]*\)/[^ ]*/\(omd-worker\|mod_gearman_worker\)|\1/usr/bin/omd-worker|
s|/etc/mod-gearman/worker\.conf|/etc/omd-worker/worker.conf|g
s|^User=.*|User=omd-worker|
s|^Group=.*|Group=omd-worker|
\|^Environment=PATH=/opt/omd-worker|d
