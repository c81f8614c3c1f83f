namespace Spud.Execution;

/// <summary>A run of keys as a file has it: where it lies in a page, whichever that was.</summary>
/// <param name="IsNewPage">1: another page than that of the run before; 0: the same.</param>
/// <param name="FirstKey">First key of the run in the page.</param>
/// <param name="Keys">At least 1.</param>
internal readonly record struct SavedRun(int IsNewPage, int FirstKey, int Keys)
{
    public const int Bytes = 3 * sizeof(int);
}
