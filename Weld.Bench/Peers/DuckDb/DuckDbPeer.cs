using System.Diagnostics;
using System.Runtime.InteropServices;
using Weld.Bench.Compare;

namespace Weld.Bench.Peers.DuckDb;

/// <summary>DuckDB in this process. The data are loaded into its own tables and the query is planned before any time is taken; a query's time is that until its whole result stands in memory.</summary>
internal sealed class DuckDbPeer : Peer
{
    public override string Name => "DuckDB";

    public override string? Version => DuckDbLibrary.IsPresent ? $"DuckDB {Marshal.PtrToStringUTF8(DuckDbLibrary.duckdb_library_version())}, tables in memory" : null;

    public override string? Absent => DuckDbLibrary.IsPresent ? null : "libduckdb is not on this machine (peers.sh installs it)";

    public override bool IsOfTables => true;

    public override int Copies => 1;

    public override Entry? Enter(Comparison comparison, object[] arguments, int threads) =>
        DuckDbLibrary.IsPresent && comparison.Function is { } name && DuckDbQuery.All.TryGetValue(name, out var query) && (threads == 1 || !query.InOrderOnOneThread)
            ? new DuckDbEntry(comparison, query, arguments, threads)
            : null;

    private sealed class DuckDbEntry : Entry
    {
        private readonly Comparison _comparison;
        private readonly DuckDbDatabase _database;
        private readonly TimeSpan _compilation;

        public DuckDbEntry(Comparison comparison, DuckDbQuery query, object[] arguments, int threads)
        {
            (_comparison, _database) = (comparison, new DuckDbDatabase(threads));
            try
            {
                var sql = query.Load(_database, arguments);
                var start = Stopwatch.GetTimestamp();
                _database.Prepare(sql);
                _compilation = Stopwatch.GetElapsedTime(start);
            }
            catch (PeerFailedException)
            {
                _database.Dispose();
                throw;
            }
        }

        /// <summary>Parsing and planning.</summary>
        public override TimeSpan? Compilation => _compilation;

        public override void Run() => _database.Run();

        public override long? PeakMemory()
        {
            GC.Collect();
            return ResidentMemory.Growth(Environment.ProcessId, Run);
        }

        public override Array[] Answer() => _comparison.ReadColumns(_database.Read());

        public override void Dispose() => _database.Dispose();
    }
}
