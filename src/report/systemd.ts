/** A service and a timer for systemd, ready to be saved. */
import type { Unit } from "./crontab.ts";

export function systemd({ root, node, program, argv }: Unit): string {
  const command = [node, program, ...argv].map(word).join(" ");
  return `# Save both as they are named, below ~/.config/systemd/user/. Then:
#   systemctl --user daemon-reload && systemctl --user enable --now broadcast.timer
#   loginctl enable-linger    (to send while you are logged out)

# --- broadcast.service ---
[Unit]
Description=Send what is due (broadcast)

[Service]
Type=oneshot
WorkingDirectory=${specifiers(root)}
ExecStart=${command}
# Requests under way are finished and recorded.
KillSignal=SIGTERM
TimeoutStopSec=120

# --- broadcast.timer ---
[Unit]
Description=Look every five minutes for what is due (broadcast)

[Timer]
OnCalendar=*:0/5
# After the machine slept, it runs at once.
Persistent=true

[Install]
WantedBy=timers.target
`;
}

// In a command, quotes and dollars have a meaning of their own.
function word(text: string): string {
  const safe = specifiers(text).replaceAll("$", "$$$$");
  return /^[\w./:@+=,%$-]+$/.test(safe) ? safe : `"${safe.replace(/["\\]/g, (sign) => `\\${sign}`)}"`;
}

function specifiers(text: string): string {
  return text.replaceAll("%", "%%");
}
