// grammY as a consumer of the updates that our stand-in of Telegram makes, and as a client of its methods.
// node grammy-updates.mjs API PORT SECRET
import { createRequire } from 'module';
import http from 'http';
const require = createRequire(process.env.CRMBOT_VERIFIERS + '/');
const { Bot, webhookCallback, InputFile } = require('grammy');
const [api, port, secret] = process.argv.slice(2);
const info = { id: 1, is_bot: true, first_name: 'b', username: 'thebot', can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false };
const bot = new Bot('1:T', { botInfo: info, client: { apiRoot: api } });
bot.command('start', (c) => console.log('command start', JSON.stringify(c.match)));
bot.on('message:contact', (c) => console.log('contact', c.msg.contact.phone_number, 'own', c.msg.contact.user_id === c.from.id));
bot.on('message:photo', (c) => console.log('photo', c.msg.photo.at(-1).file_id));
bot.on('message:text', (c) => console.log('text', JSON.stringify(c.msg.text), 'from', c.from.first_name));
bot.on('edited_message', (c) => console.log('edited', JSON.stringify(c.editedMessage.text)));
bot.on('callback_query:data', (c) => console.log('press', c.callbackQuery.data, 'on', c.callbackQuery.message.message_id));
const server = http.createServer(webhookCallback(bot, 'http', { secretToken: secret }));
server.listen(Number(port), '127.0.0.1', () => console.log('up'));

const same = (what, have, want) => { if (have !== want) console.log('FAIL', what, JSON.stringify(have), 'is not', JSON.stringify(want)); };
const refused = async (what, call, want) => { try { await call(); console.log('FAIL', what, 'was taken'); } catch (e) { same(what, e.description, want); } };
const m = await bot.api.sendMessage(5, '<b>hi</b> &amp; bye', { parse_mode: 'HTML', link_preview_options: { is_disabled: true }, reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'b:1' }]] } });
same('text', m.text, 'hi & bye');
same('chat', m.chat.id, 5);
await bot.api.editMessageText(5, m.message_id, 'changed');
await refused('same edit', () => bot.api.editMessageText(5, m.message_id, 'changed'), 'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message');
await refused('long', () => bot.api.sendMessage(5, 'x'.repeat(4097)), 'Bad Request: message is too long');
await refused('html', () => bot.api.sendMessage(5, '<b>hi', { parse_mode: 'HTML' }), "Bad Request: can't parse entities: Can't find end tag");
await refused('data', () => bot.api.sendMessage(5, 'x', { reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'b'.repeat(65) }]] } }), 'Bad Request: BUTTON_DATA_INVALID');
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const photo = await bot.api.sendPhoto(5, new InputFile(png, 'a.png'), { caption: '<b>our</b> photo', parse_mode: 'HTML' });
same('caption', photo.caption, 'our photo');
await bot.api.editMessageCaption(5, photo.message_id, { caption: 'another' });
await refused('caption', () => bot.api.sendPhoto(5, new InputFile(png, 'a.png'), { caption: 'x'.repeat(1025) }), 'Bad Request: message caption is too long');
same('document', typeof (await bot.api.sendDocument(5, new InputFile(Buffer.from('a,b'), 'a.csv'))).message_id, 'number');
same('typing', await bot.api.sendChatAction(5, 'typing'), true);
same('commands', await bot.api.setMyCommands([{ command: 'help', description: 'Help' }], { scope: { type: 'all_private_chats' }, language_code: 'zh' }), true);
same('file', typeof (await bot.api.getFile('f1')).file_path, 'string');
same('deleted', await bot.api.deleteMessage(5, m.message_id), true);
same('webhook', await bot.api.setWebhook('https://bot.example.com/hook', { secret_token: secret }), true);
same('webhook is', (await bot.api.getWebhookInfo()).url, 'https://bot.example.com/hook');
await refused('poll', () => bot.api.getUpdates(), "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first");
same('no webhook', await bot.api.deleteWebhook(), true);
same('updates', (await bot.api.getUpdates({ timeout: 0 })).length, 0);
try { await new Bot('1:wrong', { client: { apiRoot: api } }).api.getMe(); console.log('FAIL a wrong token'); } catch (e) { same('token', e.error_code, 401); }
console.log('done polling');
