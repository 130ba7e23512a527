// @ts-check
/* The agents' page: htmx swaps HTML; these modules listen, count and handle keys. */

import "./composing_keys.js";
import { start as startCompose } from "./compose.js";
import { start as startContact } from "./contact.js";
import { start as startKeys } from "./keys.js";
import { start as startList } from "./list.js";
import { connect } from "./live.js";
import { start as startMenus } from "./menus.js";
import "./notices.js";
import { start as startPanes } from "./panes.js";

document.documentElement.dataset.script = "on";
startList();
startPanes();
startMenus();
startCompose();
startContact();
startKeys();
connect();
