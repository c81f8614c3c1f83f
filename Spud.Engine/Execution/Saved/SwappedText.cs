namespace Spud.Execution;

/// <summary>A text in a file of <see cref="SwapStore"/>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record SwappedText(string Path, long Bytes);
