#!/usr/bin/perl
# An ESME on Net::SMPP, a codec that shares nothing with node-smpp: binds,
# submits, waits for deliver_sm, unbinds; see README.md.
use strict;
use warnings;
use Getopt::Long;
use Net::SMPP;
use Time::HiRes qw(sleep);

my %opt = (
    host => '127.0.0.1', port => 2775, bind => 'trx',
    'system-id' => 'acme', password => 'secret1', 'system-type' => 'smpp', 'interface-version' => '0x34',
    send => 0, source => 'ACMECO', dest => [], text => 'Your order %d is on its way',
    receipt => 0, interval => 0, expect => 0, end => 'unbind', timeout => 60,
);
GetOptions(\%opt,
    'host=s', 'port=i', 'bind=s',                 # tx, rx or trx
    'system-id=s', 'password=s', 'system-type=s', 'interface-version=s',
    'send=i', 'source=s', 'dest=s@', 'text=s',    # --dest again and again: used in turn
    'multi',                                      # one submit_multi to all --dest a message
    'receipt!',                                   # registered_delivery 1
    'interval=i',                                 # ms between submits
    'expect=i',                                   # deliver_sm to wait for
    'end=s',                                      # unbind, or close: FIN without it
    'timeout=i',                                  # seconds, then exit 1
) or exit 2;
$opt{dest} = ['919800000001'] unless @{ $opt{dest} };

my %binds = (tx => 'bind_transmitter', rx => 'bind_receiver', trx => 'bind_transceiver');
my $bind = $binds{ $opt{bind} } or die "netsmpp.pl: --bind is tx, rx or trx\n";
$SIG{ALRM} = sub { die "netsmpp.pl: timeout\n" };
alarm $opt{timeout};
$| = 1;

my $smpp = Net::SMPP->new_connect($opt{host}, port => $opt{port})
    or die "netsmpp.pl: connect to $opt{host}:$opt{port}: $!\n";
# A receipt may come while a response is waited for; wait_pdu would drop it.
my $delivered = 0;
my $handlers = ${*$smpp}{handlers};
$handlers->{ Net::SMPP::CMD_deliver_sm() } = \&deliver;

my $resp = $smpp->$bind(
    system_id => $opt{'system-id'}, password => $opt{password},
    system_type => $opt{'system-type'}, interface_version => oct $opt{'interface-version'},
) or die "netsmpp.pl: no answer to the bind\n";
event('bound', status => $resp->status);
exit 1 if $resp->status;

for my $i (1 .. $opt{send}) {
    my @dest = $opt{multi} ? @{ $opt{dest} } : $opt{dest}[ ($i - 1) % @{ $opt{dest} } ];
    my $command = $opt{multi} ? 'submit_multi' : 'submit_sm';
    (my $text = $opt{text}) =~ s/%d/$i/;
    my $resp = $smpp->$command(
        source_addr_ton => $opt{source} =~ /\D/ ? 5 : 1,
        source_addr_npi => $opt{source} =~ /\D/ ? 0 : 1,
        source_addr => $opt{source},
        $opt{multi}
            ? (dest_addr_ton => [ map { 1 } @dest ], dest_addr_npi => [ map { 1 } @dest ], destination_addr => \@dest)
            : (dest_addr_ton => 1, dest_addr_npi => 1, destination_addr => $dest[0]),
        registered_delivery => $opt{receipt} ? 1 : 0,
        short_message => $text,
    ) or die "netsmpp.pl: no answer to $command $i\n";
    event('answered', status => $resp->status, message_id => $resp->message_id);
    sleep $opt{interval} / 1000 if $opt{interval};
}

while ($delivered < $opt{expect}) {
    my $pdu = $smpp->read_pdu or die "netsmpp.pl: the SMSC has gone\n";
    my $handler = $handlers->{ $pdu->{cmd} };
    $handler->($smpp, $pdu) if $handler;
}
if ($opt{end} eq 'unbind') {
    $smpp->unbind or die "netsmpp.pl: no answer to unbind\n";
}
close $smpp;
event('left', how => $opt{end});

sub deliver {
    my ($smpp, $pdu) = @_;
    $delivered++;
    # An empty message_id is what the specification asks for here.
    $smpp->deliver_sm_resp(seq => $pdu->{seq}, message_id => '');
    event('delivered', text => $pdu->{short_message});
}

# One JSON object a line, as smsc.js and esme.js print them.
sub event {
    my ($name, %details) = @_;
    my @pairs = ('"event":"' . $name . '"');
    for my $key (sort keys %details) {
        my $value = defined $details{$key} ? $details{$key} : '';
        $value =~ s/(["\\])/\\$1/g;
        push @pairs, $key eq 'status' ? "\"$key\":$value" : "\"$key\":\"$value\"";
    }
    print '{', join(',', @pairs), "}\n";
}
