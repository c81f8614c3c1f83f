using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Spud.Execution;

/// <summary>
/// What a cache file says before its numbers. The file: 8 bytes of mark, the version (u32), bytes of the header (u32) and of the numbers (u64),
/// SHA-256 (32 bytes) of all that and of what follows, the header as JSON, the numbers. Little-endian.
/// </summary>
internal sealed record CacheFileHeader
{
    public const string Mark = "SPUDKEYS";

    public const int Version = 1;

    /// <summary>Bytes before the checksum.</summary>
    public const int StartBytes = 24;

    public const int HashBytes = 32;

    /// <summary>Bytes before the JSON.</summary>
    public const int FixedBytes = StartBytes + HashBytes;

    /// <summary>No pipeline needs a longer one.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>What keys depend on: see <see cref="PipelineIdentity"/>.</summary>
    public required ImmutableArray<IdentityPart> Pipeline { get; init; }

    /// <summary>Length of the text.</summary>
    public required int Tokens { get; init; }

    /// <summary>[L].</summary>
    public required ImmutableArray<SavedLayer> Layers { get; init; }

    /// <summary>Bytes of each state that a component keeps.</summary>
    public required ImmutableArray<long> States { get; init; }
}

/// <summary>A layer of a saved text.</summary>
/// <param name="TokensAtMove">Length at the last review that moved keys.</param>
/// <param name="TokensAtChange">At the last one that changed anything.</param>
/// <param name="Tables">By pool, and by KV head where pages are per head.</param>
internal sealed record SavedLayer(int TokensAtMove, int TokensAtChange, ImmutableArray<SavedTable> Tables);

/// <summary>The kept keys of one table.</summary>
/// <param name="Runs">How many runs they form.</param>
/// <param name="Keys">How many there are.</param>
/// <param name="LastDropped">Largest position that was let go; -1: none.</param>
/// <param name="HasMoved">Whether keys were moved into another pool.</param>
internal sealed record SavedTable(int Runs, int Keys, int LastDropped, bool HasMoved);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CacheFileHeader))]
internal sealed partial class CacheFileJson : JsonSerializerContext;
