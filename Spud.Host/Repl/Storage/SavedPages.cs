using System.Globalization;
using Spud.Execution;

namespace Spud.Host.Repl.Storage;

/// <summary>
/// The keys and values of saved conversations, a file each, so that a conversation that is loaded again need not be read again. The files take a
/// limited amount of disk space: those that have not been used for longest are deleted.
/// </summary>
/// <param name="folder">Where they are; null to save nothing.</param>
/// <param name="limitBytes">Maximum of all files together.</param>
/// <param name="note">Receives messages about problems.</param>
internal sealed class SavedPages(string? folder, long limitBytes, Action<string> note)
{
    /// <summary>A shorter text is read about as quickly as its file.</summary>
    public const int MinTokens = 256;

    private const string Ending = ".keys";

    /// <summary>Whether a text is worth a file here.</summary>
    /// <param name="tokens">Its length.</param>
    /// <param name="bytes">Its keys and values, about.</param>
    public bool Takes(int tokens, long bytes) => folder is not null && tokens >= MinTokens && bytes <= limitBytes;

    /// <summary>Saves the text of a conversation; an existing file is replaced.</summary>
    /// <param name="conversation">Its id in the database.</param>
    /// <param name="text">The text.</param>
    /// <param name="effort">The effort with which it was read.</param>
    public void Save(long conversation, Sequence text, float effort) => Guarded(() =>
    {
        CreateFolder();
        CacheFile.Save(text, PathOf(conversation), effort);
        Trim();
    });

    /// <summary>The file of a conversation; null if there is none.</summary>
    public string? Find(long conversation) => folder is not null && File.Exists(PathOf(conversation)) ? PathOf(conversation) : null;

    /// <summary>Deletes the file of a conversation, if there is one.</summary>
    public void Delete(long conversation) => Guarded(() =>
    {
        if (Find(conversation) is { } path)
            File.Delete(path);
    });

    /// <summary>The file of a conversation was used: others are deleted before it.</summary>
    public void Touch(long conversation) => Guarded(() => File.SetLastWriteTimeUtc(PathOf(conversation), DateTime.UtcNow));

    private string PathOf(long conversation) => Path.Combine(folder!, conversation.ToString(CultureInfo.InvariantCulture) + Ending);

    // What was said can be read in the files: they are their user's alone.
    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder!);
        else
            Directory.CreateDirectory(folder!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Trim()
    {
        long used = 0;
        foreach (FileInfo file in new DirectoryInfo(folder!).GetFiles($"*{Ending}").OrderByDescending(static file => file.LastWriteTimeUtc))
        {
            used += file.Length;
            if (used > limitBytes)
                file.Delete();
        }
    }

    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception fault) when (fault is CacheFileException or IOException or UnauthorizedAccessException)
        {
            note($"The keys and values of the conversation are not saved, so it is read again when it is loaded: {fault.Message}");
        }
    }
}
