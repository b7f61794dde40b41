#!/usr/bin/env node
'use strict';
// A configurable SMSC on node-smpp: the real peer of our samples, end-to-end
// tests and proxy tests. It does only what its flags say; see README.md.

const { loadSMPP, readOptions, event, fail } = require('./cli');
const smpp = loadSMPP();

const opt = readOptions('smsc.js', {
  host: ['127.0.0.1', 'address to listen on'],
  port: [2775, 'port; 0 takes a free one, named in the "listening" event'],
  name: ['SMSC', 'system_id of the bind responses'],
  account: [[], 'user:password that may bind, repeatable; none: everybody'],
  'system-type': ['', 'the only system_type accepted; another is refused with 0x53'],
  'interface-version': ['0x34', 'sc_interface_version of the bind response; none leaves the TLV out'],
  'first-id': [1000001, 'the first message_id, they count up from it'],
  'response-delay': [0, 'ms before a submit is answered'],
  receipts: ['', 'final state sent for messages that ask: DELIVRD, UNDELIV, EXPIRED ...'],
  'receipt-delay': [100, 'ms from the submit response to the receipt'],
  'receipt-id': ['same', 'same, hex or dec: how the receipt spells the message_id'],
  'no-receipt-tlvs': [false, 'receipts without receipted_message_id and message_state'],
  mo: [[], 'from:to:text sent as deliver_sm to each receiver that binds, repeatable'],
  'mo-delay': [200, 'ms from the bind to the first --mo, and from each to the next'],
  'enquire-link': [0, 'ms between enquire_links to the ESME; 0: none'],
  'mute-enquire-link': [false, 'leave enquire_links of the ESME unanswered'],
  'idle-close': [0, 'ms without a PDU after which the connection is closed without unbind'],
  'accept-per-second': [0, 'submits accepted per second and connection, the others get 0x58'],
  refuse: [[], 'REGEX=STATUS: submits to a matching destination get this status, repeatable'],
});

const STATES = { ENROUTE: 1, DELIVRD: 2, EXPIRED: 3, DELETED: 4, UNDELIV: 5, ACCEPTD: 6, UNKNOWN: 7, REJECTD: 8 };
const accounts = new Map(opt.account.map((a) => [a.split(':')[0], a.slice(a.indexOf(':') + 1)]));
const refusals = opt.refuse.map((r) => {
  const at = r.lastIndexOf('=');
  return [new RegExp(r.slice(0, at)), Number(r.slice(at + 1))];
});
if (opt.receipts && !STATES[opt.receipts]) fail(`smsc.js: --receipts ${opt.receipts} is no state of Appendix B`);

const receivers = new Map(); // system_id to its bound sessions that may get deliver_sm
let nextId = opt.firstId;
const counted = { received: 0, sent: 0 };

// A Link is one connection.
class Link {
  constructor(session) {
    this.session = session;
    this.timers = [];
    session.socket.setNoDelay(true);
    session.on('pdu', (pdu) => this.receive(pdu));
    session.on('error', (err) => event('error', { message: err.message }));
    session.on('close', () => this.closed());
    this.touch();
  }

  receive(pdu) {
    counted.received++;
    this.touch();
    if (pdu.command.startsWith('bind_') && !pdu.isResponse()) return this.bind(pdu);
    switch (pdu.command) {
      case 'submit_sm':
      case 'data_sm':
      case 'submit_multi':
        return void setTimeout(() => this.submit(pdu), opt.responseDelay);
      case 'enquire_link':
        return opt.muteEnquireLink || this.send(pdu.response());
      case 'unbind':
        this.send(pdu.response());
        return this.session.close();
      default:
        if (!pdu.isResponse()) this.send(pdu.response({ command_status: smpp.ESME_RINVCMDID }));
    }
  }

  send(pdu) {
    counted.sent++;
    this.touch();
    this.session.send(pdu);
  }

  // touch restarts the idle clock: any PDU of either side counts as activity.
  touch() {
    if (!opt.idleClose) return;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.session.close(), opt.idleClose);
  }

  bind(pdu) {
    const status = this.bindStatus(pdu);
    event('bind', { command: pdu.command, system_id: pdu.system_id, status });
    const answer = { system_id: opt.name };
    if (opt.interfaceVersion !== 'none') answer.sc_interface_version = Number(opt.interfaceVersion);
    this.send(pdu.response(status ? { command_status: status } : answer));
    if (status) return;

    this.systemId = pdu.system_id;
    if (opt.enquireLink) {
      this.timers.push(setInterval(() => this.send(new smpp.PDU('enquire_link')), opt.enquireLink));
    }
    if (pdu.command === 'bind_transmitter') return;
    receivers.set(this.systemId, [...(receivers.get(this.systemId) ?? []), this]);
    opt.mo.forEach((mo, i) => this.timers.push(setTimeout(() => this.originate(mo), opt.moDelay * (i + 1))));
  }

  bindStatus(pdu) {
    if (opt.systemType && pdu.system_type !== opt.systemType) return smpp.ESME_RINVSYSTYP;
    if (accounts.size && !accounts.has(pdu.system_id)) return smpp.ESME_RINVSYSID;
    if (accounts.size && accounts.get(pdu.system_id) !== pdu.password) return smpp.ESME_RINVPASWD;
    return 0;
  }

  submit(pdu) {
    if (pdu.command === 'submit_multi') return this.submitMulti(pdu);
    const status = refusal(pdu.destination_addr) || this.throttle();
    if (status) return this.send(pdu.response({ command_status: status }));
    const id = String(nextId++);
    this.send(pdu.response({ message_id: id }));
    if (opt.receipts && pdu.registered_delivery & 0x03) {
      const submitted = new Date();
      setTimeout(() => this.receipt(pdu, id, submitted), opt.receiptDelay);
    }
  }

  // A partial failure is status 0 with the failed destinations listed.
  submitMulti(pdu) {
    const failed = pdu.dest_address
      .map((d) => ({ ...d, error_status_code: refusal(d.destination_addr) }))
      .filter((d) => d.error_status_code);
    this.send(pdu.response({ message_id: String(nextId++), unsuccess_sme: failed }));
  }

  // A window of one second opens with the first submit after the last one
  // ended: bursts then always meet the same limit, whenever they come.
  throttle() {
    if (!opt.acceptPerSecond) return 0;
    const now = Date.now();
    if (!this.window || now - this.window >= 1000) {
      this.window = now;
      this.accepted = 0;
    }
    return ++this.accepted > opt.acceptPerSecond ? smpp.ESME_RTHROTTLED : 0;
  }

  // Any receiver of the account may get the receipt; this connection if it can.
  receipt(pdu, id, submitted) {
    const links = receivers.get(this.systemId) ?? [];
    const link = links.includes(this) ? this : links[0];
    if (!link) return event('receipt-lost', { message_id: id });
    const shown = spell(id);
    const tlvs = opt.noReceiptTlvs ? {} : { receipted_message_id: shown, message_state: STATES[opt.receipts] };
    link.send(new smpp.PDU('deliver_sm', {
      source_addr_ton: pdu.dest_addr_ton, source_addr_npi: pdu.dest_addr_npi, source_addr: pdu.destination_addr,
      dest_addr_ton: pdu.source_addr_ton, dest_addr_npi: pdu.source_addr_npi, destination_addr: pdu.source_addr,
      esm_class: 0x04,
      data_coding: 0,
      short_message: receiptText(shown, submitted, pdu),
      ...tlvs,
    }));
  }

  originate(mo) {
    const [from, to, ...text] = mo.split(':');
    this.send(new smpp.PDU('deliver_sm', {
      source_addr_ton: 1, source_addr_npi: 1, source_addr: from,
      dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: to,
      data_coding: 0,
      short_message: text.join(':'),
    }));
  }

  closed() {
    clearTimeout(this.idle);
    this.timers.forEach(clearTimeout);
    const others = (receivers.get(this.systemId) ?? []).filter((l) => l !== this);
    receivers.set(this.systemId, others);
    event('closed', { system_id: this.systemId });
  }
}

function refusal(destination) {
  const hit = refusals.find(([pattern]) => pattern.test(destination));
  return hit ? hit[1] : 0;
}

// Platforms are known to give the id in hexadecimal on one side only.
function spell(id) {
  if (opt.receiptId === 'hex') return Number(id).toString(16).toUpperCase();
  if (opt.receiptId === 'dec') return String(parseInt(id, 16));
  return id;
}

// The layout of SMPP v3.4 Appendix B; dates in UTC.
function receiptText(id, submitted, pdu) {
  const delivered = opt.receipts === 'DELIVRD';
  const text = typeof pdu.short_message?.message === 'string' ? pdu.short_message.message.slice(0, 20) : '';
  return `id:${id} sub:001 dlvrd:${delivered ? '001' : '000'} submit date:${stamp(submitted)} ` +
    `done date:${stamp(new Date())} stat:${opt.receipts} err:${delivered ? '000' : '099'} text:${text}`;
}

function stamp(date) {
  return date.toISOString().replace(/\D/g, '').slice(2, 12);
}

const server = smpp.createServer((session) => new Link(session));
server.on('error', (err) => fail(`smsc.js: ${err.message}`));
server.listen(opt.port, opt.host, () => event('listening', { port: server.address().port }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
  event('counted', counted);
  process.exit(0);
});
