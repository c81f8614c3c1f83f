namespace Backend.Onnx.Graphs;

/// <summary>A length in a graph: a number, or a letter that each run decides.</summary>
internal readonly struct Dim
{
    private Dim(long length, string? letter) => (Length, Letter) = (length, letter);

    /// <summary>The number, if there is no letter.</summary>
    public long Length { get; }

    /// <summary>"T" and its like.</summary>
    public string? Letter { get; }

    public static implicit operator Dim(int length) => new(length, null);

    public static implicit operator Dim(string letter) => new(0, letter);
}
