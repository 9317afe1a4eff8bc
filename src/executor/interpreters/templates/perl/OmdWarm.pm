package OmdWarm;

# A template process: perl compiles a plugin and stops where it would run it. For every check the template
# forks a child in which perl goes on with the plugin, as if it had just been started.
#
#   perl <switches of the plugin> -I<directory of this file> -MOmdWarm=<template id>[,<module>...] <plugin>
#
# stdin   a socket with requests, one line each; when it ends, the template ends after its children:
#         id <tab> pipe for stdout <tab> pipe for stderr <tab> n <tab> n times NAME=value <tab> words
# stdout  the status pipe, which all templates share, one line a write:
#         <template id> ready           it takes requests
#         <template id> - <reason>      it can't: the plugin must be started anew for each check
#         <id> +<pid>                   the child, leader of its process group
#         <id> <return code>            128 + n after signal n
#         <id> -                        not run: the plugin, or a module of it, has changed
#         <id> !                        not run: there could be no child
# stderr  what perl says about a plugin that doesn't compile
#
# A plugin must not notice the template, which is part of the plugin's process. So the template loads no
# module unless it is told to, and overrides no function of Perl. A module that is loaded ahead may change
# what others do: Monitoring::Plugin::Getopt configures Getopt::Long for the whole process. An override of
# `exit` changes what perl warns about.
#
# The .pl files in this directory are parts of this module. They share the variables declared with `our`.

# `use strict` and `no warnings` (a plugin's -w is not for us) without loading strict.pm and warnings.pm.
# Every part begins with this.
BEGIN { ( $^H, ${^WARNING_BITS} ) = ( $^H | 0x6e2, '' ) }

# The last words of perl about a plugin that does not compile. Any other plugin that ends that early may have
# called exit.
my $COMPILATION_FAILED = qr/--c(?:ompilation|all queue) aborted| had too many errors\.| compilation errors\./;

# Linux' numbers; Fcntl would have to be loaded.
my ( $SET_FLAGS, $NOT_TO_BLOCK ) = ( 4, 1 | 2048 );    # F_SETFL, O_WRONLY | O_NONBLOCK

my ( $template_id, @load, $is_compiled );
our ( $requests, $status, $stderr, $printed, $warned, %is_ours );

# Perl runs the first END block last.
END { end_compilation() if !$is_compiled }

# Perl runs the first INIT block first, when the plugin is compiled.
INIT { serve() }

load_part($_) for qw(handles ahead watch obstacles requests child);

sub load_part {
    my ($directory) = __FILE__ =~ /\A(.*)OmdWarm\.pm\z/s;
    my $path = "$directory$_[0].pl";
    local $!;
    require $path;
    delete $INC{$path};
}

sub import {
    ( undef, $template_id, @load ) = @_;
    hide();
    move_handles();
    $is_ours{$_} = 1 for open_descriptors();
    remember($0);
}

sub hide {
    my ($place) = grep { is_our_directory( $INC[$_] ) } 0 .. $#INC;
    splice @INC, $place, 1 if defined $place;
    delete $INC{'OmdWarm.pm'};
}

# Perl puts a slash between directory and file only if the directory does not end with a slash.
sub is_our_directory {
    my ($directory) = @_;
    return ( $directory =~ m{/\z} ? "${directory}OmdWarm.pm" : "$directory/OmdWarm.pm" ) eq __FILE__;
}

# What a plugin prints while it is compiled must not get into the status pipe. Two pipes keep it. Nothing
# reads them meanwhile, so to write more than they hold is an error.
sub move_handles {
    my ( $out, $err );
    open( $requests, '<&', \*STDIN )  && open( $status, '>&', \*STDOUT ) && open( $stderr, '>&', \*STDERR )
      && pipe( $printed, $out ) && pipe( $warned, $err )
      && open( STDIN, '<', '/dev/null' ) && open( STDOUT, '>&', $out ) && open( STDERR, '>&', $err )
      && fcntl( $out, $SET_FLAGS, $NOT_TO_BLOCK ) && fcntl( $err, $SET_FLAGS, $NOT_TO_BLOCK )
      or die "no template: $!\n";
    binmode $_ for $requests, $status, $stderr, $printed, $warned;    # a plugin's -C is not for them
}

sub serve {
    keep_errno_and_alarm();
    my $obstacle = load_ahead(@load) || find_obstacle();
    $is_compiled = 1;
    report( "$template_id " . ( $obstacle ? "- $obstacle" : 'ready' ) );
    my $request = $obstacle ? undef : next_request();
    kill KILL => 0 if $obstacle && getpgrp == $$;    # also what the plugin has started, as it will be again
    defined $request ? become_plugin($request) : end_template();
}

# The process is killed, so that no END block of the plugin runs in a process that has not run the plugin.
sub end_template { kill KILL => $$ }

# A plugin that calls exit while it is compiled can't be run from a template. If it does not compile, the
# worker is told only what perl says.
sub end_compilation {
    my $text = take($warned);
    report("$template_id - it ends while it is compiled") if $text !~ $COMPILATION_FAILED;
    syswrite $stderr, $text;
}

1;
