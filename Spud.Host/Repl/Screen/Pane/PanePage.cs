using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>What a tab of the side pane shows.</summary>
internal abstract class PanePage(string title)
{
    private IReadOnlyList<Line>? _rows;
    private int _columns;

    /// <summary>Its rows have changed.</summary>
    public event Action? Changed;

    /// <summary>Title on the tab.</summary>
    public string Title { get; } = title;

    /// <summary>Whether the page has the focus.</summary>
    public bool IsFocused
    {
        get;
        set
        {
            if (field == value)
                return;

            field = value;
            Renew();
        }
    }

    /// <summary>The selected row; null if keys scroll.</summary>
    public virtual int? SelectedRow => null;

    /// <summary>A view that covers some of the rows last created; null if there is none.</summary>
    public virtual PaneFigure? Figure => null;

    /// <summary>The rows for a width.</summary>
    public IReadOnlyList<Line> Rows(int columns)
    {
        if (_rows is null || _columns != columns)
            (_rows, _columns) = (Create(columns), columns);

        return _rows;
    }

    /// <summary>Key bindings of the page.</summary>
    public virtual IReadOnlyList<ScreenKey> Keys => [];

    /// <summary>Handles a key; false if it has no meaning here.</summary>
    public bool Press(Key key) => ScreenKey.Handle(Keys, key);

    /// <summary>A row was clicked.</summary>
    public virtual void Click(int row)
    {
    }

    /// <summary>Creates the rows for a width.</summary>
    protected abstract IReadOnlyList<Line> Create(int columns);

    /// <summary>Reports that the rows have changed.</summary>
    protected void Renew()
    {
        _rows = null;
        Changed?.Invoke();
    }
}
