namespace Spud.Execution;

/// <summary>A run of keys in a file: its place within a page, regardless of which page.</summary>
/// <param name="IsNewPage">1 if it is in another page than the previous run; 0 if in the same.</param>
/// <param name="FirstKey">First key of the run in the page.</param>
/// <param name="Keys">Number of keys, at least 1.</param>
internal readonly record struct SavedRun(int IsNewPage, int FirstKey, int Keys)
{
    public const int Bytes = 3 * sizeof(int);
}
