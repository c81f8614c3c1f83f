using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spud.Execution;

/// <summary>Reads a <see cref="CacheFile"/>, which stays mapped meanwhile.</summary>
internal sealed class CacheFileReader : IDisposable
{
    private const string Advice = " Delete it, or name another file.";
    private const int HashedAtOnce = 1 << 26;

    private readonly string _path;
    private readonly MappedBytes _file;
    private readonly CacheFileHeader _header;
    private long _at;

    /// <exception cref="CacheFileException">The file cannot be read, is not a cache file, or is damaged.</exception>
    public CacheFileReader(string path)
    {
        _path = path;
        try
        {
            _file = new MappedBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CacheFileException($"{path}: the cache file cannot be read: {fault.Message.TrimEnd('.')}.", fault);
        }

        try
        {
            _header = Check();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Restores an empty sequence.</summary>
    /// <exception cref="CacheFileException">The file belongs to another model or pipeline, or the text does not fit this one.</exception>
    public void Restore(PipelineParts pipeline, Sequence sequence, ImmutableArray<IdentityPart> identity)
    {
        RequireSame(identity);
        if (_header.Tokens > pipeline.Limits.ContextTokens)
            throw Refusal($"it has {_header.Tokens} tokens, and this pipeline's context has {pipeline.Limits.ContextTokens}. Raise the context (--ctx {_header.Tokens}), or name another file.");

        TensorView[] states = [.. pipeline.States.ViewsOf(sequence.Id)];
        bool isAlike = _header.Layers.Length == sequence.Tables.Length && _header.States.SequenceEqual(states.Select(static state => state.Bytes))
            && _header.Layers.Zip(sequence.Tables).All(static pair => pair.First.Tables.Length == pair.Second.Tables.Length);
        if (!isAlike)
            throw Refusal($"its layers or states are not laid out like this pipeline's.{Advice}");

        try
        {
            ReadOnlySpan<int> ids = Ints(_header.Tokens);
            if (ids.ContainsAnyExceptInRange(0, pipeline.Model.Vocabulary - 1))
                throw new InvalidDataException("it has ids that the model does not know");

            sequence.Write(ids);
            for (int layer = 0; layer < sequence.Tables.Length; layer++)
                Restore(_header.Layers[layer], sequence.Tables[layer]);
            foreach (TensorView state in states)
                Take(state.Bytes).CopyTo(state.AsSpan<byte>());
            if (_at != _file.Length)
                throw new InvalidDataException("it has more numbers than its header says");

            sequence.Append(ids);
        }
        catch (InvalidDataException fault)
        {
            throw Refusal($"{fault.Message}.{Advice}", fault);
        }
    }

    private CacheFileHeader Check()
    {
        if (_file.Length < CacheFileHeader.FixedBytes || !_file.Bytes(0, 8).SequenceEqual(Encoding.ASCII.GetBytes(CacheFileHeader.Mark)))
            throw Refusal($"it is not a cache file of Spud, or is truncated.{Advice}");

        ReadOnlySpan<byte> start = _file.Bytes(0, CacheFileHeader.StartBytes);
        int version = BinaryPrimitives.ReadInt32LittleEndian(start[8..]), length = BinaryPrimitives.ReadInt32LittleEndian(start[12..]);
        long bytes = BinaryPrimitives.ReadInt64LittleEndian(start[16..]);
        if (version != CacheFileHeader.Version)
            throw Refusal($"it has version {version}, and this Spud reads version {CacheFileHeader.Version}. Use the Spud that wrote it, or delete the file.");
        if (length is < 0 or > CacheFileHeader.MaxBytes || bytes < 0 || _file.Length - CacheFileHeader.FixedBytes - length != bytes)
            throw Refusal($"it is truncated or damaged: {_file.Length} bytes, expected {(decimal)CacheFileHeader.FixedBytes + length + bytes}.{Advice}");
        if (!Hash().AsSpan().SequenceEqual(_file.Bytes(CacheFileHeader.StartBytes, CacheFileHeader.HashBytes)))
            throw Refusal($"its checksum does not match: it is damaged, or was changed.{Advice}");

        _at = CacheFileHeader.FixedBytes + length;
        try
        {
            return JsonSerializer.Deserialize(_file.Bytes(CacheFileHeader.FixedBytes, length), CacheFileJson.Default.CacheFileHeader) is { Tokens: >= 0 } header
                && !header.Layers.IsDefault && !header.States.IsDefault && !header.Pipeline.IsDefault && header.Layers.All(static layer => !layer.Tables.IsDefault)
                ? header
                : throw Refusal($"its header lacks what it should say.{Advice}");
        }
        catch (JsonException fault)
        {
            throw Refusal($"its header cannot be read.{Advice}", fault);
        }
    }

    private byte[] Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_file.Bytes(0, CacheFileHeader.StartBytes));
        for (long at = CacheFileHeader.FixedBytes, count; at < _file.Length; at += count)
        {
            count = Math.Min(HashedAtOnce, _file.Length - at);
            hash.AppendData(_file.Bytes(at, (int)count));
        }

        return hash.GetHashAndReset();
    }

    private void RequireSame(ImmutableArray<IdentityPart> here)
    {
        if (here.SequenceEqual(_header.Pipeline))
            return;

        IdentityPart? other = _header.Pipeline.Except(here).Concat(here.Except(_header.Pipeline)).FirstOrDefault();
        string what = other?.What ?? "pipeline";
        string was = _header.Pipeline.FirstOrDefault(part => part.What == what)?.Value ?? "", now = here.FirstOrDefault(part => part.What == what)?.Value ?? "";
        throw Refusal($"it was written with another {what}: {Shown(was)}, and this pipeline has {Shown(now)}. Use the pipeline that wrote it, delete the file, or name another one.");

        static string Shown(string value) => value.Length == 0 ? "none" : value.Length > 160 ? $"{value[..160]}…" : value;
    }

    private void Restore(SavedLayer saved, PageTable table)
    {
        for (int i = 0; i < saved.Tables.Length; i++)
            Restore(saved.Tables[i], table.Tables[i]);

        table.Restore(_header.Tokens, saved.TokensAtMove, saved.TokensAtChange);
    }

    private void Restore(SavedTable saved, RunTable table)
    {
        if (saved.Runs < 0 || saved.Keys < saved.Runs || saved.Keys > _header.Tokens)
            throw new InvalidDataException("a table of it has an impossible number of keys");

        ReadOnlySpan<SavedRun> runs = RawBytes.As<SavedRun>(Take(saved.Runs * (long)SavedRun.Bytes));
        ReadOnlySpan<int> positions = Ints(saved.Keys);
        int before = -1;
        foreach (int position in positions)
        {
            if (position <= before || position >= _header.Tokens)
                throw new InvalidDataException("its positions do not ascend");
            before = position;
        }

        table.Restore(runs, positions, saved);
        foreach (TensorView stored in (ReadOnlySpan<TensorView>)[table.Pages.Pool.Keys, table.Pages.Pool.Values])
        {
            for (int head = 0; head < table.Pages.HeadsPerKey; head++)
            {
                foreach (ref readonly KeyRun run in table.Runs)
                {
                    TensorView into = stored.At(run.Page).At(head).Rows(run.FirstKey, run.Keys);
                    Take(into.Bytes).CopyTo(into.AsSpan<byte>());
                }
            }
        }
    }

    private ReadOnlySpan<int> Ints(int count) => RawBytes.As<int>(Take(count * (long)sizeof(int)));

    private ReadOnlySpan<byte> Take(long bytes)
    {
        if (bytes > _file.Length - _at || bytes > int.MaxValue)
            throw new InvalidDataException("it has fewer numbers than its header says");

        _at += bytes;
        return _file.Bytes(_at - bytes, (int)bytes);
    }

    // The reason is the first sentence, advice the second.
    private CacheFileException Refusal(string why, Exception? cause = null) =>
        new($"{_path} is refused: {why}", cause) { Reason = why.Split(". ", 2)[0] };
}
