using Spud.Execution;
using Spud.Host.Repl.Storage;

namespace Spud.Host.Repl;

/// <summary>Keys and values of saved conversations.</summary>
internal sealed partial class Session
{
    private readonly SavedPages _pages;

    /// <summary>Saves the keys and values of the conversation, which is left.</summary>
    private void Leave()
    {
        if (Conversation is not { Id: { } id, Turns: [.., { } last] } || _texts?.Holding([.. last.Ids]) is not { } text)
            return;
        if (_pages.Takes(text.Tokens, text.Tokens * Pipeline!.Explanation.Compute.DecodeAtStart.KvBytesWritten))
            Working("saving the conversation's keys and values", () =>
            {
                _pages.Save(id, text, Effort ?? 1);
                return true;
            });
    }

    /// <summary>Takes the keys and values of the conversation from their file, if there is one.</summary>
    private void TakeFromFile()
    {
        if (Conversation is not { Id: { } id, Turns: [.., { } last] } || _texts is not { } texts || _pages.Find(id) is not { } path)
            return;

        int[] ids = [.. last.Ids];
        if (texts.Held(ids) >= ids.Length - 1)
            return;

        try
        {
            int tokens = Working("reading the conversation's keys and values", () => texts.Restore(path, ids, Effort ?? 1));
            if (tokens < SavedPages.MinTokens)
            {
                _pages.Delete(id);
                return;
            }

            _pages.Touch(id);
            _isMixed = last.IsMixed || last.Pipeline.Id != Pipeline!.Frozen.Id;
            Say($"The keys and values of {tokens} tokens were read from a file ({Units.Bytes(new FileInfo(path).Length)}): they are not computed again.");
        }
        catch (CacheFileException refusal)
        {
            Say($"The file of its keys and values is not used: {refusal.Reason}.");
        }
    }
}
