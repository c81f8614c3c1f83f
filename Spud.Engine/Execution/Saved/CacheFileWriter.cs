using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spud.Execution;

/// <summary>Writes a <see cref="CacheFile"/>.</summary>
internal sealed class CacheFileWriter : IDisposable
{
    private readonly FileStream _to;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private CacheFileWriter(FileStream to) => _to = to;

    /// <exception cref="CacheFileException">The file cannot be written, or the pages are in a device's memory.</exception>
    public static void Write(Sequence sequence, string path, ImmutableArray<IdentityPart> identity, bool isDurable = true)
    {
        PoolPages? device = sequence.Tables.SelectMany(static table => table.Layer.Pools).FirstOrDefault(static pool => !pool.Domain.IsHost);
        if (device is not null)
            throw new CacheFileException($"{path}: the keys lie in {device.Domain.Name} memory; only keys in host memory can be saved.");

        string beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (FileStream file = new(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                using CacheFileWriter writer = new(file);
                writer.Write(sequence, identity);
                file.Flush(flushToDisk: isDurable);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Remove(beside);
            throw new CacheFileException($"{path}: the cache file cannot be written: {fault.Message.TrimEnd('.')}.", fault);
        }
    }

    public void Dispose() => _hash.Dispose();

    private void Write(Sequence sequence, ImmutableArray<IdentityPart> identity)
    {
        TensorView[] states = [.. sequence.Engine.States.ViewsOf(sequence.Id)];
        CacheFileHeader header = new()
        {
            Pipeline = identity,
            Tokens = sequence.Tokens,
            Layers = [.. sequence.Tables.Select(Describe)],
            States = [.. states.Select(static state => state.Bytes)],
        };
        long bytes = 4L * sequence.Tokens + sequence.Tables.Sum(BytesOf) + header.States.Sum();
        Begin(JsonSerializer.SerializeToUtf8Bytes(header, CacheFileJson.Default.CacheFileHeader), bytes);
        Put(RawBytes.Of(sequence.Ids));
        foreach (PageTable layer in sequence.Tables)
        {
            foreach (RunTable table in layer.Tables)
                Put(table);
        }

        foreach (TensorView state in states)
            Put(state.AsSpan<byte>());

        _to.Position = CacheFileHeader.StartBytes;
        _to.Write(_hash.GetHashAndReset());
    }

    private void Begin(byte[] header, long bytes)
    {
        Span<byte> start = stackalloc byte[CacheFileHeader.StartBytes];
        Encoding.ASCII.GetBytes(CacheFileHeader.Mark, start);
        BinaryPrimitives.WriteInt32LittleEndian(start[8..], CacheFileHeader.Version);
        BinaryPrimitives.WriteInt32LittleEndian(start[12..], header.Length);
        BinaryPrimitives.WriteInt64LittleEndian(start[16..], bytes);
        Put(start);
        _to.Write(stackalloc byte[CacheFileHeader.HashBytes]); // written last
        Put(header);
    }

    private void Put(RunTable table)
    {
        Put(RawBytes.Of<SavedRun>(table.SavedRuns()));
        foreach (ref readonly KeyRun run in table.Runs)
            Put(RawBytes.Of(table.Pages.PositionsOf(run)));
        foreach (TensorView stored in (ReadOnlySpan<TensorView>)[table.Pages.Pool.Keys, table.Pages.Pool.Values])
        {
            for (int head = 0; head < table.Pages.HeadsPerKey; head++)
            {
                foreach (ref readonly KeyRun run in table.Runs)
                    Put(stored.At(run.Page).At(head).Rows(run.FirstKey, run.Keys).AsSpan<byte>());
            }
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _to.Write(bytes);
    }

    private static SavedLayer Describe(PageTable layer)
    {
        (int tokensAtMove, int tokensAtChange) = layer.Reviews.Past;
        return new(tokensAtMove, tokensAtChange, [.. layer.Tables.ToArray().Select(static table => new SavedTable(table.Runs.Length, table.Keys, table.LastDropped, table.HasMoved))]);
    }

    private static long BytesOf(PageTable layer)
    {
        long bytes = 0;
        foreach (RunTable table in layer.Tables)
            bytes += SavedRun.Bytes * (long)table.Runs.Length + (sizeof(int) + table.Pages.BytesPerKey) * table.Keys;

        return bytes;
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The exception that explains why the file could not be written is already propagating; a leftover file is harmless.
        }
    }
}
