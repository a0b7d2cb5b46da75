include 'qelib1.inc
";;if(c==
