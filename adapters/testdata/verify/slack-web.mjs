// Slack's own clients against our stand-in of Slack: the methods that the adapter lives by, and Socket Mode.
// node slack-web.mjs API TRIGGER
import { createRequire } from 'module';
const require = createRequire(process.env.CRMBOT_VERIFIERS + '/');
const { WebClient } = require('@slack/web-api');
const { SocketModeClient } = require('@slack/socket-mode');
const [url, trigger_id] = process.argv.slice(2);
const web = new WebClient('xoxb-TEST', { slackApiUrl: url, retryConfig: { retries: 0 } });
const same = (what, have, want) => { if (have !== want) console.log('FAIL', what, JSON.stringify(have), 'is not', JSON.stringify(want)); };
const refused = async (what, call, want) => { try { await call(); console.log('FAIL', what, 'was taken'); } catch (e) { same(what, e.data?.error, want); } };
const text = (t) => ({ type: 'plain_text', text: t });

const m = await web.chat.postMessage({ channel: 'C1', text: 'hi', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*hi*' } }] });
same('ts', /^\d+\.\d{6}$/.test(m.ts), true);
same('update', (await web.chat.update({ channel: 'C1', ts: m.ts, text: 'done' })).ts, m.ts);
same('ephemeral', (await web.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'psst' })).ok, true);
same('delete', (await web.chat.delete({ channel: 'C1', ts: m.ts })).ok, true);
same('name', typeof (await web.users.info({ user: 'U1', include_locale: true })).user.profile.real_name, 'string');
await refused('deleted', () => web.chat.update({ channel: 'C1', ts: m.ts, text: 'again' }), 'message_not_found');
await refused('no text', () => web.chat.postMessage({ channel: 'C1', text: ' ' }), 'no_text');
await refused('blocks', () => web.chat.postMessage({ channel: 'C1', text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }] }), 'invalid_blocks');

const metadata = { event_type: 'crmbot_thread', event_payload: { key: '7-1' } };
const card = await web.chat.postMessage({ channel: 'C1', text: '王芳', metadata });
same('under', (await web.chat.postMessage({ channel: 'C1', text: 'her words', thread_ts: card.ts })).ok, true);
const past = await web.conversations.history({ channel: 'C1', include_all_metadata: true, oldest: card.ts, inclusive: true, limit: 200 });
same('history', past.messages.find((x) => x.metadata?.event_payload.key === '7-1')?.ts, card.ts);
same('history is what begins something', past.messages.some((x) => x.text === 'her words'), false);
same('channel', (await web.conversations.info({ channel: 'C1' })).channel.is_member, true);
await refused('channel', () => web.conversations.info({ channel: 'X1' }), 'channel_not_found');
await refused('not a member', () => web.conversations.history({ channel: 'CX1' }), 'not_in_channel');

const view = { type: 'modal', callback_id: 'form', title: text('Lead'), submit: text('Save'), blocks: [{ type: 'input', block_id: 'b1', label: text('Name'), element: { type: 'plain_text_input', action_id: 'a' } }] };
const v = await web.views.open({ trigger_id, view });
same('view', v.view.callback_id, 'form');
same('view id', (await web.views.update({ view_id: v.view.id, hash: v.view.hash, view })).view.id, v.view.id);
await refused('stale', () => web.views.update({ view_id: v.view.id, hash: v.view.hash, view }), 'hash_conflict');
await refused('used', () => web.views.open({ trigger_id, view }), 'exchanged_trigger_id');
await refused('unknown', () => web.views.open({ trigger_id: '1.2.3', view }), 'invalid_trigger_id');
same('home', (await web.views.publish({ user_id: 'U1', view: { type: 'home', blocks: [{ type: 'divider' }] } })).ok, true);

const up = await web.files.uploadV2({ channel_id: 'C1', filename: 'a.txt', file: Buffer.from('a,b'), initial_comment: 'the list' });
same('upload', up.ok, true);
try { await new WebClient('xoxb-WRONG', { slackApiUrl: url, retryConfig: { retries: 0 } }).auth.test(); console.log('FAIL a wrong token'); } catch (e) { same('token', e.data?.error, 'invalid_auth'); }

const sm = new SocketModeClient({ appToken: 'xapp-TEST', clientOptions: { slackApiUrl: url }, logLevel: 'error' });
sm.on('slack_event', async ({ ack, type, body }) => {
  console.log('got', type, body.type ?? body.command);
  await ack(type === 'interactive' ? { response_action: 'errors', errors: { b1: 'bad' } } : undefined);
});
await sm.start();
console.log('done');
