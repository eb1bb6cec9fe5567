using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Weld.Bench.Workloads;
using Weld.Tests.Repository;

namespace Weld.Tests.Examples;

/// <summary>The files in examples/programs/data: all but the real names hold what the workloads draw.</summary>
internal static class ExampleData
{
    /// <summary>Real data: the most frequent names of the United States, and those like Leslie.</summary>
    public const string Real = "examples/programs/data/names.csv";

    /// <summary>What the files hold, by path.</summary>
    public static SortedDictionary<string, byte[]> Files()
    {
        var tables = new Dictionary<string, Dictionary<string, Array>>();
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var workload in Workload.All)
        {
            var arguments = workload.Arguments(workload.SampleRows);
            foreach (var ((_, json, file, column), argument) in ExampleCommand.Of(workload.Path).Sources().Zip(arguments).Where(s => s.First.Json is null && s.First.File != Real))
            {
                if (column is null)
                {
                    files[file] = Npy((Array)argument);
                }
                else
                {
                    tables.TryAdd(file, []);
                    tables[file].TryAdd(column, (Array)argument);
                }
            }
        }

        foreach (var (file, columns) in tables)
        {
            files.Add(file, Csv(columns));
        }

        return files;
    }

    /// <summary>What the command of a workload's program gives it.</summary>
    public static object[] Arguments(Workload workload) =>
    [
        .. ExampleCommand.Of(workload.Path).Sources().Zip(
            workload.Arguments(workload.SampleRows),
            (source, drawn) => source.Json is { } json ? JsonSerializer.Deserialize(json, drawn.GetType())! : source.File == Real ? Column(source.Column!, drawn.GetType()) : drawn),
    ];

    private static Array Column(string name, Type type)
    {
        string[][] records = [.. Checkout.Read(Real).TrimEnd('\n').Split('\n').Select(l => l.Split(','))];
        var column = Array.IndexOf(records[0], name);
        var values = Array.CreateInstance(type.GetElementType()!, records.Length - 1);
        for (var i = 0; i < values.Length; i++)
        {
            values.SetValue(Convert.ChangeType(records[i + 1][column], type.GetElementType()!, CultureInfo.InvariantCulture), i);
        }

        return values;
    }

    private static byte[] Csv(Dictionary<string, Array> columns)
    {
        var text = new StringBuilder(string.Join(',', columns.Keys)).Append('\n');
        for (var i = 0; i < columns.First().Value.Length; i++)
        {
            text.AppendJoin(',', columns.Values.Select(c => ((IConvertible)c.GetValue(i)!).ToString(CultureInfo.InvariantCulture))).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>An array of one or two dimensions in NumPy's format, version 1.0: the header ends at a multiple of 64 bytes.</summary>
    private static byte[] Npy(Array values)
    {
        double[] all = values is double[][] rows ? [.. rows.SelectMany(r => r)] : (double[])values;
        var shape = values is double[][] matrix ? $"({matrix.Length}, {matrix[0].Length})" : $"({values.Length},)";
        var header = $"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}";
        header = header.PadRight(((10 + header.Length + 64) / 64 * 64) - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes<double>(all)];
    }
}
