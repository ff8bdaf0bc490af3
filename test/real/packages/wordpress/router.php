<?php
// PHP's own server as a web server with pretty addresses: what is no file is WordPress's.
$file = $_SERVER["DOCUMENT_ROOT"] . parse_url($_SERVER["REQUEST_URI"], PHP_URL_PATH);
if (is_file($file)) return false;
$_SERVER["SCRIPT_NAME"] = "/index.php";
require $_SERVER["DOCUMENT_ROOT"] . "/index.php";
