namespace Backend.Onnx.Graphs;

/// <summary>A dimension in a graph: a number, or a symbol whose value is set by each run.</summary>
internal readonly struct Dim
{
    private Dim(long length, string? letter) => (Length, Letter) = (length, letter);

    /// <summary>The number, if there is no symbol.</summary>
    public long Length { get; }

    /// <summary>The symbol, such as "T".</summary>
    public string? Letter { get; }

    public static implicit operator Dim(int length) => new(length, null);

    public static implicit operator Dim(string letter) => new(0, letter);
}
