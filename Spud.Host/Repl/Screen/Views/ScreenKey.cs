using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>A key and its action. The screen dispatches by these entries, and the F1 page is generated from them.</summary>
/// <param name="Keys">Any of them.</param>
/// <param name="Name">As shown on the F1 page.</param>
/// <param name="Help">What it does.</param>
/// <param name="Act">Runs the action; false if it does not take the key this time.</param>
internal sealed record ScreenKey(IReadOnlyList<Key> Keys, string Name, string Help, Func<bool> Act)
{
    public ScreenKey(Key key, string name, string help, Action act) : this([key], name, help, Always(act))
    {
    }

    /// <summary>An entry whose action always takes the key.</summary>
    public static Func<bool> Always(Action act) => () =>
    {
        act();
        return true;
    };

    /// <summary>Runs the first entry that takes the key.</summary>
    public static bool Handle(IEnumerable<ScreenKey> table, Key key) => table.Any(entry => entry.Keys.Contains(key) && entry.Act());
}
