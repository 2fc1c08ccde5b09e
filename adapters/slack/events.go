package slack

// known are the events of Slack's that mean nothing here. What is neither in
// this list nor translated is new to us: its payload is kept.
var known = map[string]bool{
	"agent_session_stopped": true, "agent_session_title_changed": true, "app_context_changed": true,
	"app_deleted": true, "app_installed": true, "app_requested": true,
	"app_uninstalled": true, "app_uninstalled_team": true, "assistant_thread_context_changed": true,
	"assistant_thread_started": true, "call_rejected": true, "channel_archive": true,
	"channel_created": true, "channel_deleted": true, "channel_history_changed": true,
	"channel_id_changed": true, "channel_left": true, "channel_rename": true, "channel_shared": true,
	"channel_unarchive": true, "channel_unshared": true, "commands_changed": true,
	"dnd_updated": true, "dnd_updated_user": true, "email_domain_changed": true,
	"emoji_changed": true, "entity_details_requested": true, "file_change": true,
	"file_created": true, "file_deleted": true, "file_public": true, "file_shared": true,
	"file_unshared": true, "function_executed": true, "grid_migration_finished": true,
	"grid_migration_started": true, "group_archive": true, "group_close": true, "group_deleted": true,
	"group_history_changed": true, "group_left": true, "group_open": true, "group_rename": true,
	"group_unarchive": true, "im_close": true, "im_created": true, "im_history_changed": true,
	"im_open": true, "invite_requested": true, "link_shared": true, "member_joined_channel": true,
	"member_left_channel": true, "message_metadata_deleted": true, "message_metadata_posted": true,
	"message_metadata_updated": true, "pin_added": true, "pin_removed": true,
	"reaction_removed": true, "scope_denied": true, "scope_granted": true,
	"shared_channel_invite_accepted": true, "shared_channel_invite_approved": true,
	"shared_channel_invite_declined": true, "shared_channel_invite_received": true,
	"shared_channel_invite_requested": true, "star_added": true, "star_removed": true,
	"subteam_created": true, "subteam_members_changed": true, "subteam_self_added": true,
	"subteam_self_removed": true, "subteam_updated": true, "team_access_granted": true,
	"team_access_revoked": true, "team_domain_change": true, "team_join": true, "team_rename": true,
	"tokens_revoked": true, "user_change": true, "user_connection": true,
	"user_connection_status_requested": true, "user_huddle_changed": true,
	"user_profile_changed": true, "user_status_changed": true, "workflow_step_execute": true,
}
