using Crossbench.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Crossbench.Web.Components;

/// <summary>The document around the pages; drawn once, before the circuit begins.</summary>
public sealed partial class App : ComponentBase
{
    // Without prerendering no page is built twice, so nothing subscribes twice.
    private static readonly InteractiveServerRenderMode Interactive = new(prerender: false);

    private static readonly string[] Sheets =
    [
        "_content/Radzen.Blazor/css/material-base.css",
        "css/tokens.css", "css/base.css", "css/frame.css", "css/controls.css", "css/radzen.css", "css/table.css", "css/chart.css", "css/compare.css", "css/runs.css", "css/run.css", "css/diagnostics.css", "css/architectures.css", "css/datasets.css", "css/suites.css", "css/form.css",
    ];

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    private string Nonce => SecurityHeaders.Nonce(Context);
}
