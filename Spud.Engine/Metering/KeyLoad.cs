namespace Spud.Metering;

/// <summary>What attention reads for some rows of a sequence in one layer.</summary>
/// <param name="Scores">Number of pairs of a row and a key of one KV head that it sees.</param>
/// <param name="Bytes">Bytes of the keys and values seen by any of the rows.</param>
internal readonly record struct KeyLoad(long Scores, long Bytes)
{
    public static KeyLoad operator +(KeyLoad a, KeyLoad b) => new(a.Scores + b.Scores, a.Bytes + b.Bytes);
}
