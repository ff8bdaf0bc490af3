<?php
// Makes the tables, pretty addresses and an editor; prints the editor's application password and the version as JSON.
define("WP_INSTALLING", true);
// It would send mail.
function wp_new_blog_notification($title, $url, $user, $password) {}
require $argv[1] . "/wp-load.php";
require ABSPATH . "wp-admin/includes/upgrade.php";
wp_install("Rehearsal", "admin", "admin@acme.example", true, "", wp_generate_password());
update_option("permalink_structure", "/%postname%/");
// Not UTC, as most sites.
update_option("timezone_string", "America/New_York");
// What readers write appears at once.
update_option("comment_previously_approved", 0);
update_option("comments_notify", 0);
$editor = wp_insert_user([
    "user_login" => "broadcast",
    "user_pass" => wp_generate_password(),
    "user_email" => "news@acme.example",
    "role" => "editor",
]);
[$password] = WP_Application_Passwords::create_new_application_password($editor, ["name" => "broadcast"]);
echo json_encode(["password" => $password, "version" => $GLOBALS["wp_version"]]);
