namespace Spud.Execution;

/// <summary>The table of a text that is kept after its request: it does not grow.</summary>
internal sealed partial class RunTable
{
    /// <summary>Whether only kept texts hold any of its pages.</summary>
    public bool HoldsKeptPagesAlone
    {
        get
        {
            foreach (ref readonly KeyRun run in Runs)
            {
                if (pages.IsKeptAlone(run.Page))
                    return true;
            }

            return false;
        }
    }

    /// <summary>Marks the pages as kept, and frees the memory in which the table would have grown.</summary>
    public void Keep()
    {
        Array.Resize(ref _runs, _count);
        _before = [];
        for (int i = 0; i < _count; i++)
        {
            if (IsFirstOfPage(i))
                pages.Keep(_runs[i].Page);
        }
    }

    /// <summary>Removes the mark.</summary>
    public void Unkeep()
    {
        for (int i = 0; i < _count; i++)
        {
            if (IsFirstOfPage(i))
                pages.Unkeep(_runs[i].Page);
        }
    }

    private bool IsFirstOfPage(int run) => run == 0 || _runs[run].Page != _runs[run - 1].Page;
}
