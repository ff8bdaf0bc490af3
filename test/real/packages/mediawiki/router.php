<?php
// For PHP's own web server: the wiki's scripts as they are, and a page for each other path, as a rewriting web server has it.
$path = parse_url($_SERVER["REQUEST_URI"], PHP_URL_PATH);
if (str_starts_with($path, "/images/")) {
	$file = getenv("MW_IMAGES") . substr($path, strlen("/images"));
	if (str_contains($path, "..") || !is_file($file)) {
		http_response_code(404);
		return true;
	}
	header("Content-Type: " . mime_content_type($file));
	readfile($file);
	return true;
}
return false;
