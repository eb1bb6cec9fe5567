// Arrays in .npy files (ArgumentFolder.cs says how they stand for arguments and answers).
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TYPES = { u1: Uint8Array, i4: Int32Array, u4: Uint32Array, i8: BigInt64Array, u8: BigUint64Array, f4: Float32Array, f8: Float64Array };

function read(file) {
    const bytes = readFileSync(file);
    const start = 10 + bytes.readUInt16LE(8);
    const [, type, shape] = /'descr': '.(..)'.*'shape': \(([^)]*)\)/.exec(bytes.toString("latin1", 10, start));
    const values = new TYPES[type](bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
    return { values, dimensions: shape.split(",").filter(extent => extent.trim()).length };
}

function write(file, values) {
    const [type] = Object.entries(TYPES).find(([, array]) => values instanceof array);
    const header = `{'descr': '<${type}', 'fortran_order': False, 'shape': (${values.length},), }`;
    const start = Math.ceil((11 + header.length) / 64) * 64;
    const bytes = Buffer.alloc(start, " ");
    bytes.write("\x93NUMPY\x01\x00", "latin1");
    bytes.writeUInt16LE(start - 10, 8);
    bytes.write(header, 10);
    bytes[start - 1] = 10;
    writeFileSync(file, Buffer.concat([bytes, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]));
}

/** The arguments in a folder: numbers, typed arrays, arrays of strings, and typed arrays of more dimensions with their number as `dimensions`. */
export function load(folder) {
    const values = [];
    for (let file; existsSync(file = join(folder, `${values.length}.npy`));) {
        const argument = read(file);
        const offsets = join(folder, `${values.length}.offsets.npy`);
        values.push(
            existsSync(offsets) ? texts(argument.values, read(offsets).values)
            : argument.dimensions === 0 ? argument.values[0]
            : argument.values);
    }
    return values;
}

/** Writes columns: typed arrays, or arrays of strings. */
export function save(folder, columns) {
    columns.forEach((column, i) => {
        if (!Array.isArray(column)) {
            write(join(folder, `${i}.npy`), column);
            return;
        }
        const parts = column.map(text => Buffer.from(text));
        const offsets = new Int32Array(parts.length + 1);
        parts.forEach((part, row) => { offsets[row + 1] = offsets[row] + part.length; });
        write(join(folder, `${i}.npy`), new Uint8Array(Buffer.concat(parts)));
        write(join(folder, `${i}.offsets.npy`), offsets);
    });
}

function texts(bytes, offsets) {
    const buffer = Buffer.from(bytes.buffer);
    return Array.from({ length: offsets.length - 1 }, (_, i) => buffer.toString("utf8", offsets[i], offsets[i + 1]));
}
