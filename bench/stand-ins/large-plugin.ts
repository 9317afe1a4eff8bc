import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFolder } from "../../test/support/folder.ts";

/** Writes a Perl plugin as large as check_mysql_health into a folder of its own. */
export function writeLargePlugin(): Disposable & { readonly file: string } {
  const folder = createFolder();
  const file = join(folder.path, "check_large.pl");
  writeFileSync(file, renderLargePlugin(), { mode: 0o755 });
  return { file, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

/**
 * About 3,500 lines: a class with accessors, closures and a table for each mode. It asks no server, so it
 * costs what its start costs.
 */
function renderLargePlugin(): string {
  const classes = Array.from({ length: CLASSES }, (_, at) => renderClass(at));
  return [HEAD, ...classes, MAIN].join("\n");
}

const CLASSES = 14;
const METRICS = 8;

const HEAD = `#!/usr/bin/perl -w
# nagios: -epn
package Site::Base;
use strict;
use Time::HiRes;
use File::Temp qw(tempfile);
use POSIX qw(:signal_h);
use Data::Dumper;

our %CODES = ( OK => 0, WARNING => 1, CRITICAL => 2, UNKNOWN => 3 );

sub new {
  my ($class, %params) = @_;
  my $self = bless { %params, messages => [], perfdata => [] }, $class;
  $self->init;
  return $self;
}

sub add {
  my ($self, $level, $text) = @_;
  push @{ $self->{messages} }, [ $level, $text ];
  return $self;
}

sub worst {
  my ($self) = @_;
  my ($worst) = sort { $CODES{$b} <=> $CODES{$a} } map { $_->[0] } @{ $self->{messages} };
  return $worst || 'OK';
}

sub is_beyond {
  my ($value, $range) = @_;
  return 0 if !defined $range || $range eq '';
  return $range =~ /^(-?[\\d.]+)$/ ? $value > $1 || $value < 0
    : $range =~ /^(-?[\\d.]+):$/ ? $value < $1
    : $range =~ /^~:(-?[\\d.]+)$/ ? $value > $1
    : $range =~ /^(-?[\\d.]+):(-?[\\d.]+)$/ ? $value < $1 || $value > $2
    : $range =~ /^@(-?[\\d.]+):(-?[\\d.]+)$/ ? $value >= $1 && $value <= $2
    : 0;
}
`;

const MAIN = `package main;
use strict;
use Getopt::Long qw(:config no_ignore_case);
use File::Basename;

my %options = ( mode => 0, warning => 900, critical => 990 );
GetOptions(\\%options, 'mode=i', 'warning=s', 'critical=s', 'hostname=s', 'verbose') or exit 3;
my $class = sprintf 'Site::Mode%02d', $options{mode};
my $check = $class->new(%options, program => basename($0));
$check->run;
my $text = join ', ', map { $_->[1] } @{ $check->{messages} };
print 'LARGE ', $check->worst, ' - ', $text, ' | ', join(' ', @{ $check->{perfdata} }), "\\n";
exit $Site::Base::CODES{ $check->worst };
`;

function renderClass(at: number): string {
  const metrics = Array.from({ length: METRICS }, (_, i) => `m${at}_${i}`);
  return `
{
package Site::Mode${String(at).padStart(2, "0")};
use strict;
our @ISA = qw(Site::Base);

my %table = (
${metrics.map(renderRow).join("\n")}
);

{
  no strict 'refs';
  for my $name (sort keys %table) {
    *{"value_of_$name"} = sub {
      my $self = shift;
      $self->{values}{$name} = shift if @_;
      return $self->{values}{$name};
    };
  }
}

sub init {
  my ($self) = @_;
  $self->{values} = { map { $_ => $table{$_}{start} } keys %table };
  $self->{steps} = [ map { my $name = $_; sub { $_[0]->can("check_$name")->($_[0]) } } sort keys %table ];
  return $self;
}

sub run {
  my ($self) = @_;
  $_->($self) for @{ $self->{steps} };
  return $self;
}
${metrics.map(renderMethod).join("\n")}
}`;
}

function renderRow(metric: string, at: number): string {
  return `  ${metric} => {
    title   => 'the value of ${metric}',
    query   => q{SELECT name, value FROM status WHERE name LIKE '${metric}%' ORDER BY name},
    unit    => '${at % 2 === 0 ? "s" : "%"}',
    start   => ${at + 1},
    compute => sub { my ($new, $old, $seconds) = @_; return $seconds ? ($new - $old) / $seconds : 0 },
  },`;
}

function renderMethod(metric: string): string {
  return `
sub check_${metric} {
  my ($self) = @_;
  my $row = $table{${metric}};
  my $value = $row->{compute}->($self->value_of_${metric}, 0, 2);
  my %limits = map { $_ => $self->{$_} } qw(warning critical);
  if (!defined $value) {
    return $self->add(UNKNOWN => "no value for $row->{title}");
  }
  if ($self->{verbose}) {
    printf "%s: %s (%s)\\n", $row->{title}, $value, $row->{query};
    print Data::Dumper::Dumper($row) if $self->{verbose} > 1;
  }
  my $level = Site::Base::is_beyond($value, $limits{critical}) ? 'CRITICAL'
    : Site::Base::is_beyond($value, $limits{warning}) ? 'WARNING' : 'OK';
  $self->add($level => sprintf '%s is %.2f%s', $row->{title}, $value, $row->{unit});
  push @{ $self->{perfdata} },
    sprintf q{'%s'=%.2f%s;%s;%s}, '${metric}', $value, $row->{unit}, $limits{warning}, $limits{critical};
  return $self;
}
`
    .trim()
    .concat("\n");
}
