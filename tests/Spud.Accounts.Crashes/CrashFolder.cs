namespace Spud.Accounts.Crashes;

/// <summary>A folder for a SQLite file, gone afterwards.</summary>
internal sealed class CrashFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spud-crashes-");

    public string File => Path.Combine(_folder.FullName, "accounts.db");

    public void Dispose() => _folder.Delete(recursive: true);
}
