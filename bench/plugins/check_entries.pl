#!/usr/bin/perl
# Counts the entries of a directory. A plugin as sites write them, with Monitoring::Plugin and nothing else.
use strict;
use warnings;
use Monitoring::Plugin;

my $plugin = Monitoring::Plugin->new(
    shortname => 'ENTRIES',
    version   => '1',
    usage     => 'Usage: %s --directory=DIRECTORY [--warning=RANGE] [--critical=RANGE]',
);
$plugin->add_arg(spec => 'directory|d=s', help => 'the directory', required => 1);
$plugin->add_arg(spec => 'warning|w=s',   help => 'a range',       default  => '1:');
$plugin->add_arg(spec => 'critical|c=s',  help => 'a range',       default  => '1:');
$plugin->getopts;

my $path = $plugin->opts->directory;
opendir my $directory, $path or $plugin->plugin_die("cannot open $path: $!");
my $entries = grep { !/^\.\.?$/ } readdir $directory;
closedir $directory;

my $threshold = $plugin->set_thresholds(
    warning  => $plugin->opts->warning,
    critical => $plugin->opts->critical,
);
$plugin->add_perfdata(label => 'entries', value => $entries, threshold => $threshold);
$plugin->plugin_exit($plugin->check_threshold($entries), "$entries entries");
