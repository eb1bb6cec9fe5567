// A peer in JavaScript: does what it is asked on stdin, a line each, and replies on stdout (Conversation.cs says what).
// Arguments: the folder whose node_modules has the package, and the number of threads, which Polars reads from its variable.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { columns, functions } from "./functions.mjs";
import { load, save } from "./npy.mjs";

const CLOCKS = {
    wall: () => Number(process.hrtime.bigint()) / 1e9,
    cpu: () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; },
};

const reply = (...words) => process.stdout.write(`${words.join(" ").replace(/\s+/g, " ").slice(0, 300)}\n`);

async function serve(pl, table) {
    let query = null;
    const requests = {
        enter: (name, ...folder) => {
            query = Object.hasOwn(table, name) ? table[name](...load(folder.join(" "))) : null;
            return query ? "entered 0" : "declined";
        },
        time: (clock, runs) => {
            const now = CLOCKS[clock], start = now();
            for (let run = 0; run < Number(runs); run++) query.collectSync();
            return `took ${(now() - start).toFixed(9)}`;
        },
        answer: (...folder) => {
            const answer = columns(pl, query.collectSync());
            save(folder.join(" "), answer);
            return `answered ${answer.length}`;
        },
        trim: () => {
            global.gc?.();
            return "trimmed";
        },
        leave: () => {
            query = null;
            global.gc?.();
            return "left";
        },
    };
    for await (const line of createInterface({ input: process.stdin })) {
        const [word, ...rest] = line.split(" ");
        try {
            reply(requests[word](...rest));
        } catch (e) {
            reply("failed", String(e.message ?? e));
        }
    }
}

try {
    const pl = createRequire(join(process.argv[2], "/"))("nodejs-polars");
    reply("ready", `nodejs-polars ${pl.version}, Node ${process.versions.node}`);
    await serve(pl, functions(pl));
} catch (e) {
    reply("absent", e.code === "MODULE_NOT_FOUND" ? "nodejs-polars is not installed (peers.sh installs it)" : String(e.message ?? e));
}
