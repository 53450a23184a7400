# Of Maven's output: the modules, one line for each test class, and errors without Maven's own advice.
s/^\[INFO\] Building (Host.*[^ ]) [0-9].* +\[.*/\1/p
/^\[INFO\] Tests run: 0,/d
s/^\[INFO\] Tests run: ([0-9]+), Failures: 0, Errors: 0, Skipped: 0, Time elapsed: ([0-9.]+) s -- in (.*)/  \3: \1 passed, \2 s/p
s/^\[(INFO|WARNING|ERROR)\] +(Tests run: [0-9].* -+ in .*)/  \2/p
/^\[ERROR\] ($|\tat |org.apache.maven|Command was|-> |\[Help|To see|Re-run|For more|After corr|  mvn )/d
/^\[ERROR\]|^\[WARNING\] .*\.java:\[/p
